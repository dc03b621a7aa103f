// pgjdbc, tried: each feature's answer is a line of JSON. The statements come in the environment, one a line of `name\ttext`.
import java.io.StringReader;
import java.io.StringWriter;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.postgresql.PGConnection;
import org.postgresql.util.PSQLException;

public class Pgjdbc {
  static final Map<String, String> ENV = System.getenv();
  static final Map<String, String> SQL = new TreeMap<>();
  static final List<String> STATES = new ArrayList<>();
  static final List<String> ERRORS = new ArrayList<>();

  interface Trial {
    Object run(Connection connection) throws Exception;
  }

  static Connection connect(String... more) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", ENV.get("PGUSER"));
    properties.setProperty("password", ENV.get("PGPASSWORD"));
    properties.setProperty("sslmode", "disable");
    for (int at = 0; at < more.length; at += 2) properties.setProperty(more[at], more[at + 1]);
    String host = properties.getProperty("sslmode").equals("disable") ? ENV.get("PGHOST") : "localhost";
    String url = "jdbc:postgresql://" + host + ":" + ENV.get("PGPORT") + "/" + ENV.get("PGDATABASE");
    return DriverManager.getConnection(url, properties);
  }

  static List<Object> read(ResultSet rows) throws SQLException {
    List<Object> found = new ArrayList<>();
    int width = rows.getMetaData().getColumnCount();
    while (rows.next()) {
      Map<String, Object> row = new TreeMap<>();
      for (int at = 1; at <= width; at++) {
        Object cell = rows.getObject(at);
        row.put(rows.getMetaData().getColumnLabel(at), cell instanceof Integer || cell == null ? cell : cell.toString());
      }
      found.add(row);
    }
    return found;
  }

  static List<Object> rows(Connection connection, String text, Object... values) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(text)) {
      for (int at = 0; at < values.length; at++) statement.setObject(at + 1, values[at]);
      return read(statement.executeQuery());
    }
  }

  static String state(Connection connection, String text) {
    try (Statement statement = connection.createStatement()) {
      statement.execute(text);
      return "none";
    } catch (SQLException fault) {
      return fault.getSQLState();
    }
  }

  static String copied(Connection connection, String text) throws Exception {
    StringWriter out = new StringWriter();
    connection.unwrap(PGConnection.class).getCopyAPI().copyOut(text, out);
    return out.toString();
  }

  static Object prepared(Connection connection) throws Exception {
    List<Object> found = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement("select total, placed from orders where id = ?")) {
      for (int at = 1; at <= 9; at++) {
        statement.setInt(1, at);
        found.add(read(statement.executeQuery()));
      }
      found.add(statement.getParameterMetaData().getParameterTypeName(1));
      found.add(statement.getMetaData().getColumnTypeName(2));
    }
    return found;
  }

  static Object copyIn(Connection connection) throws Exception {
    connection.setAutoCommit(false);
    long count = connection.unwrap(PGConnection.class).getCopyAPI().copyIn(SQL.get("copyIn"), new StringReader("tried\tline\n".repeat(500)));
    List<Object> found = new ArrayList<>(List.of(count, rows(connection, SQL.get("notes"))));
    connection.rollback();
    found.add(rows(connection, SQL.get("notes")));
    return found;
  }

  static Object listen(Connection connection) throws Exception {
    state(connection, "listen news");
    state(connection, "notify news, 'hello'");
    state(connection, "select 1");
    List<Object> heard = new ArrayList<>();
    var notifications = connection.unwrap(PGConnection.class).getNotifications();
    if (notifications != null) for (var each : notifications) heard.add(List.of(each.getName(), each.getParameter()));
    return heard;
  }

  static Object cancel(Connection connection) throws Exception {
    try (Statement statement = connection.createStatement()) {
      CompletableFuture<String> asleep = CompletableFuture.supplyAsync(() -> {
        try {
          statement.execute(SQL.get("sleep"));
          return "none";
        } catch (SQLException fault) {
          return fault.getSQLState();
        }
      });
      while (true) {
        try {
          return List.of(asleep.get(100, TimeUnit.MILLISECONDS), rows(connection, "select 1 as alive"));
        } catch (TimeoutException early) {
          statement.cancel();
        }
      }
    }
  }

  static Object errors(Connection connection) throws Exception {
    List<Object> found = new ArrayList<>();
    for (String text : STATES) found.add(state(connection, text));
    found.add(rows(connection, "select 1 as alive"));
    return found;
  }

  static Object texts(Connection connection) throws Exception {
    List<Object> found = new ArrayList<>();
    for (String text : ERRORS) {
      try (Statement statement = connection.createStatement()) {
        statement.execute(text);
      } catch (PSQLException fault) {
        var said = fault.getServerErrorMessage();
        found.add(List.of(said.getSQLState(), said.getMessage(), said.getPosition(), String.valueOf(said.getDetail())));
      }
    }
    return found;
  }

  static Object transactions(Connection connection) throws Exception {
    List<Object> found = new ArrayList<>();
    connection.setAutoCommit(false);
    connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
    found.add(state(connection, SQL.get("note")));
    var savepoint = connection.setSavepoint("deeper");
    found.add(state(connection, SQL.get("note")));
    found.add(state(connection, "select 1 / 0"));
    found.add(state(connection, "select 1"));
    connection.rollback(savepoint);
    found.add(rows(connection, SQL.get("notes")));
    connection.rollback();
    found.add(rows(connection, SQL.get("notes")));
    found.add(state(connection, SQL.get("note")));
    connection.commit();
    found.add(rows(connection, SQL.get("notes")));
    try (Statement statement = connection.createStatement()) {
      found.add(statement.executeUpdate("delete from notes where subject = 'tried'"));
    }
    connection.commit();
    return found;
  }

  static Object large(Connection connection) throws Exception {
    int total = 0;
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      statement.setFetchSize(1000);
      ResultSet rows = statement.executeQuery(SQL.get("many"));
      while (rows.next()) total += rows.getString("x").length();
    }
    int wide = 0;
    try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(SQL.get("wide"))) {
      rows.next();
      wide = rows.getString(1).length();
    }
    return List.of(total, wide, rows(connection, "select length(?) as l", "y".repeat(3_000_000)));
  }

  static Object batch(Connection connection) throws Exception {
    connection.setAutoCommit(false);
    try (PreparedStatement statement = connection.prepareStatement("insert into notes (subject, body) values (?, ?)")) {
      for (int at = 0; at < 300; at++) {
        statement.setString(1, "tried");
        statement.setString(2, "line " + at);
        statement.addBatch();
      }
      int done = statement.executeBatch().length;
      Object seen = rows(connection, SQL.get("notes"));
      connection.rollback();
      return List.of(done, seen);
    }
  }

  static Object schema(Connection connection) throws Exception {
    var meta = connection.getMetaData();
    List<Object> found = new ArrayList<>();
    for (ResultSet each : List.of(
        meta.getTables(null, "public", "%", new String[] {"TABLE", "VIEW"}), meta.getColumns(null, "public", "orders", "%"),
        meta.getPrimaryKeys(null, "public", "orders"), meta.getImportedKeys(null, "public", "orders"),
        meta.getIndexInfo(null, "public", "orders", false, true), meta.getSchemas()))
      found.add(read(each));
    return found;
  }

  static Object personal(Connection connection) throws Exception {
    return List.of(rows(connection, SQL.get("personal")), rows(connection, SQL.get("personal")),
        rows(connection, "select full_name, email, ssn, birth_date from customers where id < ? order by id", 9),
        copied(connection, "copy customers to stdout"));
  }

  static String json(Object value) {
    if (value == null || value instanceof Number || value instanceof Boolean) return String.valueOf(value);
    if (value instanceof List<?> list) return "[" + String.join(",", list.stream().map(Pgjdbc::json).toList()) + "]";
    if (value instanceof Map<?, ?> map)
      return "{" + String.join(",", map.entrySet().stream().map(each -> json(each.getKey()) + ":" + json(each.getValue())).toList()) + "}";
    StringBuilder text = new StringBuilder("\"");
    for (char each : value.toString().toCharArray()) {
      if (each == '"' || each == '\\') text.append('\\').append(each);
      else if (each < ' ') text.append(String.format("\\u%04x", (int) each));
      else text.append(each);
    }
    return text.append('"').toString();
  }

  static void tryOut(String feature, Trial trial, String... settings) {
    try (Connection connection = connect(settings)) {
      System.out.println("{\"feature\":" + json(feature) + ",\"value\":" + json(trial.run(connection)) + "}");
    } catch (Exception fault) {
      System.out.println("{\"feature\":" + json(feature) + ",\"fault\":" + json(fault) + "}");
    }
  }

  public static void main(String[] args) {
    for (String line : ENV.get("TRIAL_LINES").split("\n")) {
      String[] parts = line.split("\t", 2);
      if (parts[0].equals("state")) STATES.add(parts[1]);
      else if (parts[0].equals("error")) ERRORS.add(parts[1]);
      else SQL.put(parts[0], parts[1]);
    }
    System.out.println("{\"version\":" + json(org.postgresql.util.DriverInfo.DRIVER_VERSION) + "}");
    tryOut("connect", connection -> List.of(rows(connection, SQL.get("connect")), connection.getMetaData().getDatabaseProductVersion()));
    String authority = ENV.getOrDefault("PGSSLROOTCERT", "");
    if (!authority.isEmpty()) tryOut("tls", connection -> rows(connection, SQL.get("list")), "sslmode", "verify-full", "sslrootcert", authority);
    tryOut("simple", connection -> rows(connection, SQL.get("simple")), "preferQueryMode", "simple");
    tryOut("prepared", Pgjdbc::prepared);
    tryOut("binary", connection -> rows(connection, "select 7::int8 as i, placed, total, 1.5::float8 as f from orders where id < ? order by id", 5), "prepareThreshold", "-1");
    tryOut("copy-out", connection -> copied(connection, SQL.get("copyOut")));
    tryOut("copy-in", Pgjdbc::copyIn);
    tryOut("listen", Pgjdbc::listen);
    tryOut("cancel", Pgjdbc::cancel);
    tryOut("errors", Pgjdbc::errors);
    tryOut("texts", Pgjdbc::texts);
    tryOut("transactions", Pgjdbc::transactions);
    tryOut("large", Pgjdbc::large);
    tryOut("pipeline", Pgjdbc::batch);
    tryOut("schema", Pgjdbc::schema);
    tryOut("personal", Pgjdbc::personal);
  }
}
