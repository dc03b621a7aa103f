//! tokio-postgres, tried: each feature's answer is a line of JSON.
use std::error::Error;
use std::future::Future;
use std::time::Duration;

use futures_util::{future, pin_mut, stream, SinkExt, StreamExt, TryStreamExt};
use serde_json::{json, Map, Value};
use tokio::sync::mpsc::{unbounded_channel, UnboundedReceiver};
use tokio_postgres::types::{FromSql, ToSql, Type};
use tokio_postgres::{AsyncMessage, Client, Config, NoTls, Row, SimpleQueryMessage};

type Anything<T> = Result<T, Box<dyn Error>>;

struct Given(Value);

impl Given {
    fn sql(&self, name: &str) -> &str {
        self.0["sql"][name].as_str().unwrap()
    }
    fn list(&self, name: &str) -> Vec<&str> {
        self.0[name].as_array().unwrap().iter().map(|each| each.as_str().unwrap()).collect()
    }
}

/// Whatever a column holds, as the bytes that came.
struct Raw(Vec<u8>);

impl<'a> FromSql<'a> for Raw {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Raw(raw.to_vec()))
    }
    fn accepts(_: &Type) -> bool {
        true
    }
}

async fn connect() -> Anything<(Client, UnboundedReceiver<AsyncMessage>)> {
    let env = |name: &str| std::env::var(name).unwrap();
    let mut config = Config::new();
    config.host(env("PGHOST")).port(env("PGPORT").parse()?).user(env("PGUSER")).password(env("PGPASSWORD")).dbname(env("PGDATABASE"));
    let (client, mut connection) = config.connect(NoTls).await?;
    let (sender, heard) = unbounded_channel();
    tokio::spawn(async move {
        let mut messages = stream::poll_fn(move |context| connection.poll_message(context));
        while let Some(Ok(message)) = messages.next().await {
            let _ = sender.send(message);
        }
    });
    Ok((client, heard))
}

fn told(row: &Row) -> Value {
    let cells = row.columns().iter().enumerate().map(|(at, column)| {
        let value = match *column.type_() {
            Type::INT4 => json!(row.get::<_, Option<i32>>(at)),
            Type::INT8 => json!(row.get::<_, Option<i64>>(at)),
            Type::TEXT | Type::VARCHAR => json!(row.get::<_, Option<String>>(at)),
            _ => json!(row.get::<_, Option<Raw>>(at).map(|raw| raw.0.iter().map(|byte| format!("{byte:02x}")).collect::<String>())),
        };
        (column.name().to_string(), value)
    });
    Value::Object(cells.collect::<Map<_, _>>())
}

async fn rows(client: &Client, text: &str, values: &[&(dyn ToSql + Sync)]) -> Anything<Value> {
    Ok(client.query(text, values).await?.iter().map(told).collect())
}

async fn simple(client: &Client, text: &str) -> Anything<Value> {
    let said = client.simple_query(text).await?;
    Ok(said.iter().map(|message| match message {
        SimpleQueryMessage::Row(row) => Value::Object((0..row.len()).map(|at| (row.columns()[at].name().to_string(), json!(row.get(at)))).collect()),
        SimpleQueryMessage::CommandComplete(count) => json!(count),
        _ => json!(null),
    }).collect())
}

fn state<T>(answer: Result<T, tokio_postgres::Error>) -> Value {
    match answer {
        Ok(_) => json!("none"),
        Err(fault) => json!(fault.code().map_or(fault.to_string(), |code| code.code().to_string())),
    }
}

async fn copied(client: &Client, text: &str) -> Anything<String> {
    let parts: Vec<_> = client.copy_out(text).await?.try_collect().await?;
    Ok(parts.iter().map(|part| String::from_utf8_lossy(part).into_owned()).collect())
}

async fn copy_in(client: &mut Client, given: &Given) -> Anything<Value> {
    let own = client.transaction().await?;
    let sink = own.copy_in::<_, &'static [u8]>(given.sql("copyIn")).await?;
    pin_mut!(sink);
    for _ in 0..500 {
        sink.send(b"tried\tline\n").await?;
    }
    let count = sink.finish().await?;
    let within = told(&own.query_one(given.sql("notes"), &[]).await?);
    own.rollback().await?;
    Ok(json!([count, within, rows(client, given.sql("notes"), &[]).await?]))
}

async fn cancel(client: &Client, given: &Given) -> Anything<Value> {
    let token = client.cancel_token();
    let asleep = client.simple_query(given.sql("sleep"));
    pin_mut!(asleep);
    loop {
        match tokio::time::timeout(Duration::from_millis(100), &mut asleep).await {
            Ok(ended) => return Ok(json!([state(ended), rows(client, "select 1 as alive", &[]).await?])),
            Err(_) => token.cancel_query(NoTls).await?,
        }
    }
}

async fn transactions(client: &mut Client, given: &Given) -> Anything<Value> {
    let mut found = vec![];
    let mut outer = client.transaction().await?;
    outer.execute(given.sql("note"), &[]).await?;
    let inner = outer.transaction().await?;
    found.push(state(inner.execute("select 1 / 0", &[]).await));
    found.push(state(inner.execute("select 1", &[]).await));
    inner.rollback().await?;
    found.push(told(&outer.query_one(given.sql("notes"), &[]).await?));
    outer.rollback().await?;
    found.push(rows(client, given.sql("notes"), &[]).await?);
    for text in ["begin", "select 1 / 0", "select 1", "commit", given.sql("note"), "delete from notes where subject = 'tried'"] {
        found.push(state(client.simple_query(text).await));
    }
    Ok(Value::Array(found))
}

async fn large(client: &Client, given: &Given) -> Anything<Value> {
    let many = client.query(given.sql("many"), &[]).await?;
    let total: usize = many.iter().map(|row| row.get::<_, &str>("x").len()).sum();
    let wide = client.query_one(given.sql("wide"), &[]).await?.get::<_, &str>(0).len();
    Ok(json!([total, wide, rows(client, "select length($1) as l", &[&"y".repeat(3_000_000)]).await?]))
}

async fn pipeline(client: &Client, given: &Given) -> Anything<Value> {
    let twice = client.prepare("select $1::int4 * 2 as twice").await?;
    let numbers: Vec<i32> = (0..30).collect();
    let asked = future::try_join_all(numbers.iter().map(|number| async { client.query_one(&twice, &[number]).await })).await?;
    let id: [&(dyn ToSql + Sync); 1] = [&2i32];
    let (one, two, three) = tokio::join!(client.simple_query("select 1 / 0"), client.query_one(given.sql("prepared"), &id), client.simple_query("selec"));
    Ok(json!([asked.iter().map(told).collect::<Vec<_>>(), state(one), told(&two?), state(three)]))
}

async fn prepared(client: &Client, given: &Given) -> Anything<Value> {
    let statement = client.prepare(given.sql("prepared")).await?;
    let mut found = vec![json!([statement.params()[0].name(), statement.columns()[0].type_().name()])];
    for id in [1i32, 2, 1] {
        found.push(told(&client.query_one(&statement, &[&id]).await?));
    }
    Ok(Value::Array(found))
}

async fn listen() -> Anything<Value> {
    let (client, mut heard) = connect().await?;
    client.batch_execute("listen news").await?;
    client.batch_execute("notify news, 'hello'").await?;
    client.batch_execute("select 1").await?;
    tokio::task::yield_now().await;
    let mut found = vec![];
    while let Ok(message) = heard.try_recv() {
        if let AsyncMessage::Notification(each) = message {
            found.push(json!([each.channel(), each.payload()]));
        }
    }
    Ok(Value::Array(found))
}

async fn states(client: &Client, given: &Given) -> Anything<Value> {
    let mut found = vec![];
    for text in given.list("states") {
        found.push(state(client.simple_query(text).await));
    }
    found.push(state(client.query("select $1::text::int4", &[&"x"]).await));
    found.push(rows(client, "select 1 as alive", &[]).await?);
    Ok(Value::Array(found))
}

async fn texts(client: &Client, given: &Given) -> Anything<Value> {
    let mut found = vec![];
    for text in given.list("errors") {
        let fault = client.simple_query(text).await.err().unwrap();
        let said = fault.as_db_error().unwrap();
        found.push(json!([said.code().code(), said.message(), said.detail()]));
    }
    Ok(Value::Array(found))
}

async fn personal(client: &Client, given: &Given) -> Anything<Value> {
    let text = "select id, full_name, phone, ssn, card_number, iban, salary, birth_date, city from customers where id < $1 order by id";
    Ok(json!([simple(client, given.sql("personal")).await?, rows(client, text, &[&9i32]).await?, copied(client, "copy customers to stdout").await?]))
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
    let (mut client, _heard) = connect().await?;
    say("connect", rows(&client, given.sql("connect"), &[])).await;
    say("simple", simple(&client, given.sql("simple"))).await;
    say("prepared", prepared(&client, &given)).await;
    say("binary", rows(&client, given.sql("list"), &[])).await;
    say("copy-out", async { Ok(json!(copied(&client, given.sql("copyOut")).await?)) }).await;
    say("copy-in", copy_in(&mut client, &given)).await;
    say("listen", listen()).await;
    say("cancel", cancel(&client, &given)).await;
    say("errors", states(&client, &given)).await;
    say("texts", texts(&client, &given)).await;
    say("transactions", transactions(&mut client, &given)).await;
    say("large", large(&client, &given)).await;
    say("pipeline", pipeline(&client, &given)).await;
    say("personal", personal(&client, &given)).await;
    Ok(())
}
