// pgx, tried: each feature's answer is a line of JSON.
package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

var given struct {
	SQL    map[string]string `json:"sql"`
	Errors []string          `json:"errors"`
	States []string          `json:"states"`
}
var ctx = context.Background()

type list = []any

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func connect(change func(*pgx.ConnConfig)) *pgx.Conn {
	config, err := pgx.ParseConfig("sslmode=disable")
	must(err)
	if change != nil {
		change(config)
	}
	conn, err := pgx.ConnectConfig(ctx, config)
	must(err)
	return conn
}

func rows(conn interface {
	Query(context.Context, string, ...any) (pgx.Rows, error)
}, text string, values ...any) []map[string]any {
	answer, err := conn.Query(ctx, text, values...)
	must(err)
	found, err := pgx.CollectRows(answer, pgx.RowToMap)
	must(err)
	return found
}

func state(err error) string {
	var fault *pgconn.PgError
	if errors.As(err, &fault) {
		return fault.Code
	}
	if err != nil {
		return err.Error()
	}
	return "none"
}

func exec(conn *pgx.Conn, text string, values ...any) string {
	_, err := conn.Exec(ctx, text, values...)
	return state(err)
}

func plain(act func(*pgx.Conn) any) func() any {
	return func() any {
		conn := connect(nil)
		defer conn.Close(ctx)
		return act(conn)
	}
}

func secure() any {
	authority := x509.NewCertPool()
	pem, err := os.ReadFile(os.Getenv("PGSSLROOTCERT"))
	must(err)
	authority.AppendCertsFromPEM(pem)
	conn := connect(func(config *pgx.ConnConfig) {
		config.TLSConfig = &tls.Config{RootCAs: authority, ServerName: "localhost"}
	})
	defer conn.Close(ctx)
	return rows(conn, given.SQL["list"])
}

func transactions(conn *pgx.Conn) any {
	outer, err := conn.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.Serializable})
	must(err)
	_, err = outer.Exec(ctx, given.SQL["note"])
	must(err)
	inner, err := outer.Begin(ctx)
	must(err)
	_, err = inner.Exec(ctx, "select 1 / 0")
	found := list{state(err)}
	must(inner.Rollback(ctx))
	found = append(found, rows(outer, given.SQL["notes"]))
	must(outer.Rollback(ctx))
	for _, text := range []string{"begin", "select 1 / 0", "select 1", "commit", "begin", given.SQL["note"], "commit"} {
		found = append(found, exec(conn, text), fmt.Sprintf("%c", conn.PgConn().TxStatus()))
	}
	found = append(found, rows(conn, given.SQL["notes"]))
	tag, err := conn.Exec(ctx, "delete from notes where subject = 'tried'")
	must(err)
	return append(found, tag.String())
}

func copyIn(conn *pgx.Conn) any {
	tx, err := conn.Begin(ctx)
	must(err)
	made := [][]any{}
	for at := range 300 {
		made = append(made, []any{"tried", fmt.Sprint("row ", at)})
	}
	count, err := conn.CopyFrom(ctx, pgx.Identifier{"notes"}, []string{"subject", "body"}, pgx.CopyFromRows(made))
	must(err)
	tag, err := conn.PgConn().CopyFrom(ctx, strings.NewReader(strings.Repeat("tried\tline\n", 500)), given.SQL["copyIn"])
	must(err)
	found := list{count, tag.String(), rows(tx, given.SQL["notes"])}
	must(tx.Rollback(ctx))
	return append(found, rows(conn, given.SQL["notes"]))
}

func copied(conn *pgx.Conn, text string) string {
	var out bytes.Buffer
	_, err := conn.PgConn().CopyTo(ctx, &out, text)
	must(err)
	return out.String()
}

func cancelled(conn *pgx.Conn) any {
	ended := make(chan string)
	go func() { ended <- exec(conn, given.SQL["sleep"]) }()
	for {
		select {
		case code := <-ended:
			return list{code, rows(conn, "select 1 as alive")}
		case <-time.After(100 * time.Millisecond):
			must(conn.PgConn().CancelRequest(ctx))
		}
	}
}

func pipelined(conn *pgx.Conn) any {
	batch := &pgx.Batch{}
	for at := range 30 {
		batch.Queue("select $1::int * 2 as twice", at)
	}
	answers := conn.SendBatch(ctx, batch)
	found := list{}
	for range 30 {
		answer, err := answers.Query()
		must(err)
		each, err := pgx.CollectRows(answer, pgx.RowToMap)
		must(err)
		found = append(found, each)
	}
	must(answers.Close())
	failing := &pgx.Batch{}
	failing.Queue(given.SQL["note"])
	failing.Queue("select 1 / 0")
	failing.Queue(given.SQL["notes"])
	found = append(found, state(conn.SendBatch(ctx, failing).Close()), rows(conn, given.SQL["notes"]))
	pipe := conn.PgConn().StartPipeline(ctx)
	pipe.SendQueryParams("select 6 / $1::int", [][]byte{[]byte("0")}, nil, nil, nil)
	must(pipe.Sync())
	pipe.SendQueryParams("select 6 / $1::int", [][]byte{[]byte("3")}, nil, nil, nil)
	must(pipe.Sync())
	for range 8 {
		answer, err := pipe.GetResults()
		if reader, is := answer.(*pgconn.ResultReader); is && err == nil {
			read := reader.Read()
			found = append(found, read.Rows, state(read.Err))
		} else {
			found = append(found, state(err))
		}
		if answer == nil && err == nil {
			break
		}
	}
	must(pipe.Close())
	return append(found, rows(conn, "select 1 as alive"))
}

func binary(conn *pgx.Conn) any {
	text := "select $1::int4 as i, $2::text as t, $3::int4[] as l, $4::bytea as b, $5::jsonb as j, $6::date as d, $7::numeric::text as n"
	day := time.Date(2024, 2, 3, 0, 0, 0, 0, time.UTC)
	found := list{rows(conn, text, 7, "x", []int{1, 2}, []byte{255, 0}, map[string]int{"a": 1}, day, "1.50")}
	for _, mode := range []pgx.QueryExecMode{pgx.QueryExecModeCacheStatement, pgx.QueryExecModeCacheDescribe, pgx.QueryExecModeDescribeExec, pgx.QueryExecModeExec, pgx.QueryExecModeSimpleProtocol} {
		found = append(found, rows(conn, "select id, total, placed from orders where id < $1 order by id", mode, 5))
	}
	return found
}

func errorsOf(conn *pgx.Conn, texts bool) any {
	found := list{}
	statements := given.States
	if texts {
		statements = given.Errors
	}
	for _, text := range statements {
		_, err := conn.Exec(ctx, text)
		var fault *pgconn.PgError
		errors.As(err, &fault)
		if texts {
			found = append(found, list{fault.Code, fault.Message, fault.Detail, fault.Position, fault.ConstraintName})
		} else {
			found = append(found, fault.Code)
		}
	}
	return append(found, rows(conn, "select 1 as alive"))
}

func listen() any {
	heard := list{}
	conn := connect(func(config *pgx.ConnConfig) {
		config.OnNotification = func(_ *pgconn.PgConn, each *pgconn.Notification) {
			heard = append(heard, list{each.Channel, each.Payload})
		}
	})
	defer conn.Close(ctx)
	return list{exec(conn, "listen news"), exec(conn, "notify news, 'hello'"), exec(conn, "select 1"), heard}
}

func main() {
	must(json.Unmarshal([]byte(os.Getenv("TRIALS")), &given))
	say := json.NewEncoder(os.Stdout)
	must(say.Encode(map[string]any{"version": os.Getenv("CLIENT_VERSION")}))
	trials := []struct {
		feature string
		trial   func() any
	}{
		{"connect", plain(func(conn *pgx.Conn) any {
			return list{rows(conn, given.SQL["connect"]), conn.PgConn().ParameterStatus("server_version"), conn.PgConn().ParameterStatus("TimeZone")}
		})},
		{"tls", secure},
		{"simple", plain(func(conn *pgx.Conn) any { return rows(conn, given.SQL["simple"], pgx.QueryExecModeSimpleProtocol) })},
		{"prepared", plain(func(conn *pgx.Conn) any {
			statement, err := conn.Prepare(ctx, "total", given.SQL["prepared"])
			must(err)
			found := list{statement.ParamOIDs, statement.Fields[0].DataTypeOID}
			for _, id := range []int{1, 2, 1} {
				found = append(found, rows(conn, "total", id))
			}
			must(conn.Deallocate(ctx, "total"))
			return found
		})},
		{"binary", plain(binary)},
		{"copy-out", plain(func(conn *pgx.Conn) any {
			return list{copied(conn, given.SQL["copyOut"]), []byte(copied(conn, "copy orders to stdout (format binary)"))}
		})},
		{"copy-in", plain(copyIn)},
		{"listen", listen},
		{"cancel", plain(cancelled)},
		{"errors", plain(func(conn *pgx.Conn) any { return errorsOf(conn, false) })},
		{"texts", plain(func(conn *pgx.Conn) any { return errorsOf(conn, true) })},
		{"transactions", plain(transactions)},
		{"large", plain(func(conn *pgx.Conn) any {
			total := 0
			for _, each := range rows(conn, given.SQL["many"]) {
				total += len(each["x"].(string))
			}
			wide := rows(conn, given.SQL["wide"])[0]["wide"].(string)
			return list{total, len(wide), rows(conn, "select length($1) as l", strings.Repeat("y", 3_000_000))}
		})},
		{"pipeline", plain(pipelined)},
		{"personal", plain(func(conn *pgx.Conn) any {
			text := "select id, full_name, email, phone, ssn, salary::text as salary, birth_date, city from customers where id < $1 order by id"
			return list{
				rows(conn, given.SQL["personal"], pgx.QueryExecModeSimpleProtocol), rows(conn, text, 9), copied(conn, "copy customers to stdout"),
			}
		})},
	}
	for _, each := range trials {
		func() {
			defer func() {
				if fault := recover(); fault != nil {
					must(say.Encode(map[string]any{"feature": each.feature, "fault": fmt.Sprint(fault)}))
				}
			}()
			if each.feature != "tls" || os.Getenv("PGSSLROOTCERT") != "" {
				must(say.Encode(map[string]any{"feature": each.feature, "value": each.trial()}))
			}
		}()
	}
}
