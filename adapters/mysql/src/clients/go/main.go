// go-sql-driver, tried: each feature's answer is a line of JSON.
package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"
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

func open(change func(*mysql.Config)) *sql.DB {
	config := mysql.NewConfig()
	config.User, config.Passwd = os.Getenv("MYSQL_NAME"), os.Getenv("MYSQL_PASSWORD")
	config.Net, config.Addr = "tcp", os.Getenv("MYSQL_HOST")+":"+os.Getenv("MYSQL_PORT")
	config.DBName = os.Getenv("MYSQL_DATABASE")
	config.ParseTime = true
	config.Logger = &mysql.NopLogger{}
	if change != nil {
		change(config)
	}
	connector, err := mysql.NewConnector(config)
	must(err)
	return sql.OpenDB(connector)
}

type asker interface {
	QueryContext(context.Context, string, ...any) (*sql.Rows, error)
}

func read(answer *sql.Rows) []map[string]any {
	names, err := answer.Columns()
	must(err)
	found := []map[string]any{}
	for answer.Next() {
		cells := make([]any, len(names))
		places := make([]any, len(names))
		for at := range cells {
			places[at] = &cells[at]
		}
		must(answer.Scan(places...))
		row := map[string]any{}
		for at, name := range names {
			if raw, is := cells[at].([]byte); is {
				row[name] = string(raw)
			} else {
				row[name] = cells[at]
			}
		}
		found = append(found, row)
	}
	must(answer.Err())
	return found
}

func rows(db asker, text string, values ...any) []map[string]any {
	answer, err := db.QueryContext(ctx, text, values...)
	must(err)
	defer answer.Close()
	return read(answer)
}

func code(err error) string {
	var fault *mysql.MySQLError
	if errors.As(err, &fault) {
		return fmt.Sprintf("%d %s", fault.Number, fault.SQLState[:])
	}
	if err != nil {
		return err.Error()
	}
	return "none"
}

func plain(act func(*sql.Conn) any, change func(*mysql.Config)) func() any {
	return func() any {
		db := open(change)
		defer db.Close()
		conn, err := db.Conn(ctx)
		must(err)
		defer conn.Close()
		return act(conn)
	}
}

func exec(conn *sql.Conn, text string) string {
	_, err := conn.ExecContext(ctx, text)
	return code(err)
}

func secure(config *mysql.Config) {
	authority := x509.NewCertPool()
	pem, err := os.ReadFile(os.Getenv("MYSQL_CA"))
	must(err)
	authority.AppendCertsFromPEM(pem)
	config.TLS = &tls.Config{RootCAs: authority, ServerName: "localhost"}
}

func cancelled(conn *sql.Conn) any {
	var id int64
	must(conn.QueryRowContext(ctx, "select connection_id()").Scan(&id))
	other := open(nil)
	defer other.Close()
	ended := make(chan string)
	go func() { ended <- exec(conn, given.SQL["sleep"]) }()
	for {
		select {
		case found := <-ended:
			return list{found, rows(conn, "select 1 as alive")}
		case <-time.After(200 * time.Millisecond):
			_, _ = other.Exec(fmt.Sprintf("kill query %d", id))
		}
	}
}

func prepared(conn *sql.Conn) any {
	statement, err := conn.PrepareContext(ctx, given.SQL["prepared"])
	must(err)
	defer statement.Close()
	found := list{}
	for _, id := range []int{1, 2, 1} {
		answer, err := statement.QueryContext(ctx, id)
		must(err)
		found = append(found, read(answer))
		must(answer.Close())
	}
	return append(found, rows(conn, "select ? as i, ? as t, ? as n, ? as f", 7, "x", nil, 1.5))
}

func several(conn *sql.Conn) any {
	answer, err := conn.QueryContext(ctx, "select 1 as a; select id from orders where id < 3; select 2 as b")
	must(err)
	defer answer.Close()
	found := list{read(answer)}
	for answer.NextResultSet() {
		found = append(found, read(answer))
	}
	return found
}

func transactions(conn *sql.Conn) any {
	own, err := conn.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelSerializable})
	must(err)
	_, err = own.Exec(given.SQL["note"])
	must(err)
	_, err = own.Exec("select nosuch")
	found := list{code(err), rows(own, given.SQL["notes"])}
	must(own.Rollback())
	reading, err := conn.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	must(err)
	_, err = reading.Exec(given.SQL["note"])
	found = append(found, code(err))
	must(reading.Rollback())
	return append(found, rows(conn, given.SQL["notes"]))
}

func main() {
	must(json.Unmarshal([]byte(os.Getenv("TRIALS")), &given))
	say := json.NewEncoder(os.Stdout)
	must(say.Encode(map[string]any{"version": os.Getenv("CLIENT_VERSION")}))
	asking := func(text string, values ...any) func(*sql.Conn) any {
		return func(conn *sql.Conn) any { return rows(conn, text, values...) }
	}
	trials := []struct {
		feature string
		trial   func() any
	}{
		{"connect", plain(asking(given.SQL["connect"]), func(config *mysql.Config) { config.MaxAllowedPacket = 0 })},
		{"tls", plain(asking(given.SQL["list"]), secure)},
		{"simple", plain(asking(given.SQL["simple"]), nil)},
		{"prepared", plain(prepared, nil)},
		{"types", plain(func(conn *sql.Conn) any {
			return list{rows(conn, given.SQL["types"]), rows(conn, "select * from kinds where id > ? order by id", 0)}
		}, nil)},
		{"several", plain(several, func(config *mysql.Config) { config.MultiStatements = true })},
		{"cancel", plain(cancelled, nil)},
		{"errors", plain(func(conn *sql.Conn) any {
			found := list{}
			for _, text := range given.States {
				found = append(found, exec(conn, text))
			}
			return append(found, rows(conn, "select 1 as alive"))
		}, nil)},
		{"texts", plain(func(conn *sql.Conn) any {
			found := list{}
			for _, text := range given.Errors {
				_, err := conn.ExecContext(ctx, text)
				found = append(found, err.Error())
			}
			return found
		}, nil)},
		{"transactions", plain(transactions, nil)},
		{"large", plain(func(conn *sql.Conn) any {
			total := 0
			for _, each := range rows(conn, given.SQL["many"]) {
				total += len(each["x"].(string))
			}
			wide := rows(conn, given.SQL["wide"])[0]["wide"].(string)
			return list{total, len(wide), rows(conn, "select length(?) as l", strings.Repeat("y", 3_000_000))}
		}, nil)},
		{"own", plain(func(conn *sql.Conn) any {
			return list{rows(conn, given.SQL["prepared"], 3), rows(conn, "select ? as t, ? as d", "it's \\ 'ü'", time.Date(2024, 2, 3, 4, 5, 6, 0, time.UTC))}
		}, func(config *mysql.Config) { config.InterpolateParams = true })},
		{"personal", plain(func(conn *sql.Conn) any {
			return list{rows(conn, given.SQL["personal"]), rows(conn, given.SQL["personalBelow"], 9)}
		}, nil)},
	}
	for _, each := range trials {
		func() {
			defer func() {
				if fault := recover(); fault != nil {
					must(say.Encode(map[string]any{"feature": each.feature, "fault": fmt.Sprint(fault)}))
				}
			}()
			if each.feature != "tls" || os.Getenv("MYSQL_CA") != "" {
				must(say.Encode(map[string]any{"feature": each.feature, "value": each.trial()}))
			}
		}()
	}
}
