//! sqlx, tried: each feature's answer is a line of JSON.
use std::future::Future;
use std::time::Duration;

use futures_util::TryStreamExt;
use serde_json::{json, Map, Value};
use sqlx::mysql::{MySqlConnectOptions, MySqlConnection, MySqlDatabaseError, MySqlRow, MySqlSslMode};
use sqlx::{Column, ConnectOptions, Connection, Executor, Row, ValueRef};

type Anything<T> = Result<T, Box<dyn std::error::Error>>;

struct Given(Value);

impl Given {
    fn sql(&self, name: &str) -> &str {
        self.0["sql"][name].as_str().unwrap()
    }
    fn list(&self, name: &str) -> Vec<&str> {
        self.0[name].as_array().unwrap().iter().map(|each| each.as_str().unwrap()).collect()
    }
}

async fn connect() -> Anything<MySqlConnection> {
    let env = |name: &str| std::env::var(name).unwrap();
    let options = MySqlConnectOptions::new()
        .host(&env("MYSQL_HOST"))
        .port(env("MYSQL_PORT").parse()?)
        .username(&env("MYSQL_NAME"))
        .password(&env("MYSQL_PASSWORD"))
        .database(&env("MYSQL_DATABASE"))
        .ssl_mode(MySqlSslMode::Disabled);
    Ok(options.connect().await?)
}

/// Whatever a column holds: a number, a text, or that it is something else.
fn told(row: &MySqlRow) -> Value {
    let cells = row.columns().iter().enumerate().map(|(at, column)| {
        let value = if row.try_get_raw(at).map_or(true, |raw| raw.is_null()) {
            json!(null)
        } else if let Ok(number) = row.try_get::<i64, _>(at) {
            json!(number)
        } else if let Ok(text) = row.try_get::<String, _>(at) {
            json!(text)
        } else {
            json!(row.try_get_unchecked::<Vec<u8>, _>(at).map_or(String::from("other"), |raw| format!("{raw:?}")))
        };
        (column.name().to_string(), value)
    });
    Value::Object(cells.collect::<Map<_, _>>())
}

async fn simple(client: &mut MySqlConnection, text: &str) -> Anything<Value> {
    Ok(client.fetch_all(text).await?.iter().map(told).collect())
}

async fn rows(client: &mut MySqlConnection, text: &str, values: &[i32]) -> Anything<Value> {
    let asked = values.iter().fold(sqlx::query(text), |query, value| query.bind(*value));
    Ok(asked.fetch_all(client).await?.iter().map(told).collect())
}

fn fault(answer: Result<impl Sized, sqlx::Error>) -> (Value, Value) {
    match answer {
        Ok(_) => (json!("none"), json!("")),
        Err(sqlx::Error::Database(thrown)) => {
            let said = thrown.downcast_ref::<MySqlDatabaseError>();
            (json!(format!("{} {}", said.number(), said.code().unwrap_or(""))), json!(said.message()))
        }
        Err(other) => (json!(other.to_string()), json!("")),
    }
}

async fn cancel(client: &mut MySqlConnection, given: &Given) -> Anything<Value> {
    let id: u64 = sqlx::query_scalar("select connection_id()").fetch_one(&mut *client).await?;
    let mut other = connect().await?;
    let code = {
        let asleep = client.execute(given.sql("sleep"));
        futures_util::pin_mut!(asleep);
        loop {
            match tokio::time::timeout(Duration::from_millis(200), &mut asleep).await {
                Ok(ended) => break fault(ended).0,
                Err(_) => drop(other.execute(format!("kill query {id}").as_str()).await),
            }
        }
    };
    Ok(json!([code, simple(client, "select 1 as alive").await?]))
}

async fn transactions(client: &mut MySqlConnection, given: &Given) -> Anything<Value> {
    let mut outer = client.begin().await?;
    outer.execute(given.sql("note")).await?;
    let mut inner = outer.begin().await?;
    inner.execute(given.sql("note")).await?;
    let code = fault(inner.execute("select nosuch").await).0;
    inner.rollback().await?;
    let within = simple(&mut outer, given.sql("notes")).await?;
    outer.rollback().await?;
    Ok(json!([code, within, simple(client, given.sql("notes")).await?]))
}

async fn large(client: &mut MySqlConnection, given: &Given) -> Anything<Value> {
    let mut total = 0;
    let mut many = client.fetch(given.sql("many"));
    while let Some(row) = many.try_next().await? {
        total += row.get::<String, _>("x").len();
    }
    drop(many);
    let wide: String = sqlx::query_scalar(given.sql("wide")).fetch_one(&mut *client).await?;
    let echo: i64 = sqlx::query_scalar("select length(?)").bind("y".repeat(3_000_000)).fetch_one(&mut *client).await?;
    Ok(json!([total, wide.len(), echo]))
}

async fn errors(client: &mut MySqlConnection, texts: &[&str], whole: bool) -> Anything<Value> {
    let mut found = vec![];
    for text in texts {
        let (code, message) = fault(client.execute(*text).await);
        found.push(if whole { json!([code, message]) } else { code });
        found.push(if whole { json!(null) } else { fault(sqlx::query(text).execute(&mut *client).await).0 });
    }
    found.push(simple(client, "select 1 as alive").await?);
    Ok(Value::Array(found))
}

async fn prepared(client: &mut MySqlConnection, given: &Given) -> Anything<Value> {
    let mut found = vec![];
    for id in [1, 2, 1] {
        found.push(rows(client, given.sql("prepared"), &[id]).await?);
    }
    client.clear_cached_statements().await?;
    found.push(rows(client, given.sql("prepared"), &[3]).await?);
    Ok(Value::Array(found))
}

async fn again(client: &mut MySqlConnection, given: &Given) -> Anything<Value> {
    client.ping().await?;
    simple(client, given.sql("connect")).await
}

async fn several(client: &mut MySqlConnection) -> Anything<Value> {
    simple(client, "select 1 as a; select id from orders where id < 3; select 2 as b").await
}

async fn say(feature: &str, trial: impl Future<Output = Anything<Value>>) {
    match trial.await {
        Ok(value) => println!("{}", json!({ "feature": feature, "value": value })),
        Err(fault) => println!("{}", json!({ "feature": feature, "fault": format!("{fault:?}") })),
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Anything<()> {
    let given = Given(serde_json::from_str(&std::env::var("TRIALS")?)?);
    println!("{}", json!({ "version": std::env::var("CLIENT_VERSION")? }));
    let mut client = connect().await?;
    say("connect", simple(&mut client, given.sql("connect"))).await;
    say("simple", simple(&mut client, given.sql("simple"))).await;
    say("prepared", prepared(&mut client, &given)).await;
    say("types", rows(&mut client, "select id, t, ut, s, m, b, f, d, y, c, v, tx, e, st from kinds where id >= ? order by id", &[0])).await;
    say("several", several(&mut client)).await;
    say("cancel", cancel(&mut client, &given)).await;
    say("errors", errors(&mut client, &given.list("states"), false)).await;
    say("texts", errors(&mut client, &given.list("errors"), true)).await;
    say("transactions", transactions(&mut client, &given)).await;
    say("large", large(&mut client, &given)).await;
    say("again", again(&mut client, &given)).await;
    say("personal", async {
        let named = "select id, full_name, email, phone, ssn, card_number, iban, api_token, city from customers where id < ? order by id";
        let all = simple(&mut client, given.sql("simple")).await?;
        Ok(json!([all, rows(&mut client, named, &[9]).await?]))
    })
    .await;
    Ok(())
}
