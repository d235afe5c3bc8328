// Does with the official Java client what it is told on stdin, and tells on
// stdout what comes of it; js/driver.js does the same. Each line is JSON; bytes
// are written {"$bytes": "<base64>"}.

import io.socket.client.IO;
import io.socket.client.Manager;
import io.socket.client.Socket;
import io.socket.engineio.client.Transport;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import org.json.JSONArray;
import org.json.JSONException;
import org.json.JSONObject;

class Driver {
  static final PrintStream OUT =
    new PrintStream(System.out, true, StandardCharsets.UTF_8);

  /** One client in one namespace, with a connection of its own. */
  static class Client {
    final String name;
    final String nsp;
    final Manager manager;
    final Socket socket;
    /** The client's own map: what is put into it counts for the next CONNECT. */
    final Map<String, Object> auth = new HashMap<>();
    io.socket.engineio.client.Socket engine;
    String transport;

    Client(JSONObject command) throws Exception {
      name = command.getString("client");
      nsp = command.getString("nsp");
      manager = new Manager(new URI(command.getString("url")),
                            optionsOf(command));
      manager.on(Manager.EVENT_OPEN, args -> onOpen());
      socket = manager.socket(nsp, socketOptions(command));
      socket.on(Socket.EVENT_CONNECT, args -> tell("connect",
        "id", socket.id(), "sid", engine.id(), "transport", transport));
      socket.on(Socket.EVENT_CONNECT_ERROR, args -> onConnectError(args[0]));
      socket.on(Socket.EVENT_DISCONNECT,
                args -> tell("disconnect", "why", args[0]));
      socket.onAnyIncoming(args -> tell("event", "args", toJson(args)));
    }

    static IO.Options optionsOf(JSONObject command) throws JSONException {
      IO.Options options = new IO.Options();
      JSONArray transports = command.getJSONArray("transports");
      options.transports = new String[transports.length()];
      for (int i = 0; i < transports.length(); ++i)
        options.transports[i] = transports.getString(i);
      options.reconnectionDelay = 50;
      options.reconnectionDelayMax = 200;
      return options;
    }

    /** The map's values may be any JSON, though its type says strings. */
    @SuppressWarnings("unchecked")
    Manager.Options socketOptions(JSONObject command) throws JSONException {
      IO.Options options = new IO.Options();
      if (command.isNull("auth"))
        return options;
      renew(command.getJSONObject("auth"));
      options.auth = (Map<String, String>) (Map<?, ?>) auth;
      return options;
    }

    void renew(JSONObject from) throws JSONException {
      for (Iterator<?> keys = from.keys(); keys.hasNext();) {
        String key = (String) keys.next();
        auth.put(key, from.get(key));
      }
    }

    /** The client shows its transport to nobody. */
    void onOpen() {
      try {
        var field = Manager.class.getDeclaredField("engine");
        field.setAccessible(true);
        engine = (io.socket.engineio.client.Socket) field.get(manager);
        field = io.socket.engineio.client.Socket.class.getDeclaredField(
          "transport");
        field.setAccessible(true);
        transport = ((Transport) field.get(engine)).name;
      } catch (ReflectiveOperationException error) {
        throw new IllegalStateException(error);
      }
      engine.on(io.socket.engineio.client.Socket.EVENT_UPGRADE, args -> {
        transport = ((Transport) args[0]).name;
        tell("upgrade", "transport", transport);
      });
    }

    /** What a server says is JSON, what else fails an exception. */
    void onConnectError(Object error) {
      String why = error instanceof JSONObject
        ? ((JSONObject) error).optString("message") : String.valueOf(error);
      tell("connect_error", "why", why);
    }

    void tell(String what, Object... more) {
      JSONObject line = new JSONObject();
      try {
        line.put("client", name).put("nsp", nsp).put("what", what);
        for (int i = 0; i < more.length; i += 2)
          line.put((String) more[i], more[i + 1]);
      } catch (JSONException error) {
        throw new IllegalStateException(error);
      }
      OUT.println(line);
    }

    void emit(JSONObject command) throws JSONException {
      JSONArray all = (JSONArray) fromJson(command.getJSONArray("args"));
      Object[] args = new Object[all.length() - 1];
      for (int i = 0; i < args.length; ++i)
        args[i] = all.get(i + 1);
      if (!command.getBoolean("ack")) {
        socket.emit(all.getString(0), args);
        return;
      }
      Object id = command.get("id");
      socket.emit(all.getString(0), args, (Object... answer) -> {
        try {
          OUT.println(new JSONObject().put("re", id)
                        .put("answer", toJson(answer)));
        } catch (JSONException error) {
          throw new IllegalStateException(error);
        }
      });
    }
  }

  // -- bytes in JSON ----------------------------------------------------------

  static JSONArray toJson(Object[] values) {
    JSONArray result = new JSONArray();
    for (Object value : values)
      result.put(toJson(value));
    return result;
  }

  static Object toJson(Object value) {
    try {
      if (value == null)
        return JSONObject.NULL;
      if (value instanceof byte[])
        return new JSONObject().put(
          "$bytes", Base64.getEncoder().encodeToString((byte[]) value));
      return eachOf(value, Driver::toJson);
    } catch (JSONException error) {
      throw new IllegalStateException(error);
    }
  }

  static Object fromJson(Object value) {
    try {
      if (value instanceof JSONObject && ((JSONObject) value).has("$bytes"))
        return Base64.getDecoder().decode(
          ((JSONObject) value).getString("$bytes"));
      return eachOf(value, Driver::fromJson);
    } catch (JSONException error) {
      throw new IllegalStateException(error);
    }
  }

  interface Change {
    Object of(Object value);
  }

  static Object eachOf(Object value, Change change) throws JSONException {
    if (value instanceof JSONArray) {
      JSONArray from = (JSONArray) value, result = new JSONArray();
      for (int i = 0; i < from.length(); ++i)
        result.put(change.of(from.get(i)));
      return result;
    }
    if (value instanceof JSONObject) {
      JSONObject from = (JSONObject) value, result = new JSONObject();
      for (Iterator<?> keys = from.keys(); keys.hasNext();) {
        String key = (String) keys.next();
        result.put(key, change.of(from.get(key)));
      }
      return result;
    }
    return value;
  }

  // -- commands ---------------------------------------------------------------

  static final Map<String, Client> clients = new HashMap<>();

  static void run(JSONObject command) throws Exception {
    String name = command.getString("client");
    if (command.getString("do").equals("connect")) {
      Client client = new Client(command);
      clients.put(name, client);
      client.socket.connect();
      return;
    }
    Client client = clients.get(name);
    switch (command.getString("do")) {
      case "emit" -> client.emit(command);
      // As if the network had: the client reconnects by itself.
      case "cut" -> client.engine.close();
      case "auth" -> client.renew(command.getJSONObject("auth"));
      case "disconnect", "close" -> client.socket.disconnect();
      default -> throw new IllegalArgumentException(command.toString());
    }
  }

  public static void main(String[] arguments) throws Exception {
    var lines = new BufferedReader(
      new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line; (line = lines.readLine()) != null;)
      run(new JSONObject(line));
    System.exit(0);
  }
}
