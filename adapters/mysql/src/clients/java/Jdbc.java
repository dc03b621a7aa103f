// MySQL's and MariaDB's JDBC drivers, tried: each feature's answer is a line of JSON. The statements come in the environment, one a line of `name\ttext`.
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

public class Jdbc {
  static final Map<String, String> ENV = System.getenv();
  static final Map<String, String> SQL = new TreeMap<>();
  static final List<String> STATES = new ArrayList<>();
  static final List<String> ERRORS = new ArrayList<>();
  static String scheme;

  interface Trial {
    Object run(Connection connection) throws Exception;
  }

  static Connection connect(String... more) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("user", ENV.get("MYSQL_NAME"));
    properties.setProperty("password", ENV.get("MYSQL_PASSWORD"));
    properties.setProperty("sslMode", scheme.equals("mysql") ? "DISABLED" : "disable");
    for (int at = 0; at < more.length; at += 2) properties.setProperty(more[at], more[at + 1]);
    return DriverManager.getConnection("jdbc:" + scheme + "://" + ENV.get("MYSQL_HOST") + ":" + ENV.get("MYSQL_PORT") + "/" + ENV.get("MYSQL_DATABASE"), properties);
  }

  static Object told(Object cell) {
    if (cell == null || cell instanceof Integer) return cell;
    return cell instanceof byte[] bytes ? HexFormat.of().formatHex(bytes) : cell.toString();
  }

  static List<Object> read(ResultSet rows) throws SQLException {
    List<Object> found = new ArrayList<>();
    int width = rows.getMetaData().getColumnCount();
    while (rows.next()) {
      Map<String, Object> row = new TreeMap<>();
      for (int at = 1; at <= width; at++) row.put(rows.getMetaData().getColumnLabel(at), told(rows.getObject(at)));
      // An estimate, which changes by itself.
      row.remove("CARDINALITY");
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

  static List<Object> plain(Connection connection, String text) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return read(statement.executeQuery(text));
    }
  }

  static String code(Connection connection, String text) {
    try (Statement statement = connection.createStatement()) {
      statement.execute(text);
      return "none";
    } catch (SQLException fault) {
      return fault.getErrorCode() + " " + fault.getSQLState();
    }
  }

  static Object prepared(Connection connection) throws Exception {
    List<Object> found = new ArrayList<>();
    try (PreparedStatement statement = connection.prepareStatement("select total, placed from orders where id = ?")) {
      for (int at = 1; at <= 5; at++) {
        statement.setInt(1, at);
        found.add(read(statement.executeQuery()));
      }
      found.add(statement.getMetaData().getColumnTypeName(2));
    }
    return found;
  }

  static Object several(Connection connection) throws Exception {
    List<Object> found = new ArrayList<>();
    try (Statement statement = connection.createStatement()) {
      boolean rows = statement.execute("select 1 as a; select id from orders where id < 3; do 0");
      while (rows || statement.getUpdateCount() != -1) {
        found.add(rows ? read(statement.getResultSet()) : "none");
        rows = statement.getMoreResults();
      }
    }
    return found;
  }

  static Object batch(Connection connection) throws Exception {
    connection.setAutoCommit(false);
    try (PreparedStatement statement = connection.prepareStatement(SQL.get("noting"))) {
      for (int at = 0; at < 200; at++) {
        statement.setString(1, "tried");
        statement.setString(2, at % 7 == 0 ? null : "line " + at);
        statement.addBatch();
      }
      int done = statement.executeBatch().length;
      Object seen = rows(connection, SQL.get("notes"));
      connection.rollback();
      return List.of(done, seen, rows(connection, SQL.get("notes")));
    }
  }

  static Object cancel(Connection connection) throws Exception {
    try (Statement statement = connection.createStatement()) {
      CompletableFuture<String> asleep = CompletableFuture.supplyAsync(() -> {
        try {
          statement.execute(SQL.get("sleep"));
          return "none";
        } catch (SQLException fault) {
          return fault.getErrorCode() + " " + fault.getSQLState();
        }
      });
      while (true) {
        try {
          return List.of(asleep.get(200, TimeUnit.MILLISECONDS), rows(connection, "select 1 as alive"));
        } catch (TimeoutException early) {
          statement.cancel();
        }
      }
    }
  }

  static Object call(Connection connection) throws Exception {
    try (CallableStatement statement = connection.prepareCall("{call noted(?)}")) {
      statement.setInt(1, 2);
      return read(statement.executeQuery());
    } catch (SQLException fault) {
      return fault.getErrorCode();
    }
  }

  static Object errors(Connection connection) throws Exception {
    List<Object> found = new ArrayList<>();
    for (String text : STATES) found.add(code(connection, text));
    found.add(rows(connection, "select 1 as alive"));
    return found;
  }

  /** MariaDB's driver puts the connection's number before the server's words. */
  static Object texts(Connection connection) throws Exception {
    List<Object> found = new ArrayList<>();
    for (String text : ERRORS) {
      try (Statement statement = connection.createStatement()) {
        statement.execute(text);
      } catch (SQLException fault) {
        found.add(fault.getMessage().replaceAll("\\(conn=\\d+\\) ", ""));
      }
    }
    return found;
  }

  static Object transactions(Connection connection) throws Exception {
    List<Object> found = new ArrayList<>();
    connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
    found.add(connection.getTransactionIsolation());
    connection.setAutoCommit(false);
    found.add(code(connection, SQL.get("note")));
    var savepoint = connection.setSavepoint("deeper");
    found.add(code(connection, SQL.get("note")));
    found.add(code(connection, "select nosuch"));
    connection.rollback(savepoint);
    found.add(rows(connection, SQL.get("notes")));
    connection.rollback();
    found.add(rows(connection, SQL.get("notes")));
    connection.commit();
    connection.setReadOnly(true);
    connection.setReadOnly(false);
    return found;
  }

  static Object large(Connection connection) throws Exception {
    int total = 0;
    try (Statement statement = connection.createStatement()) {
      ResultSet rows = statement.executeQuery(SQL.get("many"));
      while (rows.next()) total += rows.getString("x").length();
    }
    return List.of(total, plain(connection, SQL.get("wide")).toString().length(), rows(connection, "select length(?) as l", "y".repeat(300_000)));
  }

  static Object stream(Connection connection) throws Exception {
    int total = 0;
    try (Statement statement = connection.createStatement(ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_READ_ONLY)) {
      statement.setFetchSize(scheme.equals("mysql") ? Integer.MIN_VALUE : 100);
      ResultSet rows = statement.executeQuery(SQL.get("many"));
      while (rows.next()) total += rows.getString("x").length();
    }
    return total;
  }

  static Object schema(Connection connection) throws Exception {
    var meta = connection.getMetaData();
    List<Object> found = new ArrayList<>();
    for (ResultSet each : List.of(
        meta.getTables("shop", null, "%", new String[] {"TABLE", "VIEW"}), meta.getColumns("shop", null, "orders", "%"),
        meta.getPrimaryKeys("shop", null, "orders"), meta.getImportedKeys("shop", null, "orders"),
        meta.getIndexInfo("shop", null, "orders", false, true)))
      found.add(read(each));
    return found;
  }

  static Object personal(Connection connection) throws Exception {
    return List.of(plain(connection, SQL.get("personal")), rows(connection, SQL.get("personalBelow"), 9));
  }

  static String json(Object value) {
    if (value == null || value instanceof Number || value instanceof Boolean) return String.valueOf(value);
    if (value instanceof List<?> list) return "[" + String.join(",", list.stream().map(Jdbc::json).toList()) + "]";
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

  public static void main(String[] args) throws Exception {
    scheme = args[0];
    for (String line : ENV.get("TRIAL_LINES").split("\n")) {
      String[] parts = line.split("\t", 2);
      if (parts[0].equals("state")) STATES.add(parts[1]);
      else if (parts[0].equals("error")) ERRORS.add(parts[1]);
      else SQL.put(parts[0], parts[1]);
    }
    boolean oracle = scheme.equals("mysql");
    String authority = ENV.getOrDefault("MYSQL_CA", "");
    System.out.println("{\"version\":" + json(ENV.get("CLIENT_VERSION")) + "}");
    tryOut("connect", connection -> List.of(plain(connection, SQL.get("connect")), connection.getMetaData().getDatabaseProductVersion(), connection.isValid(5)));
    if (!authority.isEmpty() && !oracle) tryOut("tls", connection -> plain(connection, SQL.get("list")), "sslMode", "verify-ca", "serverSslCert", authority);
    if (!authority.isEmpty() && oracle) tryOut("tls", connection -> plain(connection, SQL.get("list")), "sslMode", "REQUIRED");
    tryOut("simple", connection -> plain(connection, SQL.get("simple")));
    tryOut("prepared", Jdbc::prepared, "useServerPrepStmts", "true");
    tryOut("types", connection -> List.of(plain(connection, SQL.get("typesOfJdbc")), rows(connection, SQL.get("typesOfJdbc"))), "useServerPrepStmts", "true");
    tryOut("several", Jdbc::several, "allowMultiQueries", "true");
    tryOut("stream", Jdbc::stream);
    tryOut("batch", Jdbc::batch, "rewriteBatchedStatements", "true", "useServerPrepStmts", "true");
    tryOut("cancel", Jdbc::cancel);
    tryOut("call", Jdbc::call);
    tryOut("errors", Jdbc::errors);
    tryOut("texts", Jdbc::texts);
    tryOut("transactions", Jdbc::transactions);
    tryOut("large", Jdbc::large);
    tryOut("schema", Jdbc::schema);
    tryOut("personal", Jdbc::personal, "useServerPrepStmts", "true");
  }
}
