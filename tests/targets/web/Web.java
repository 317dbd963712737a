import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.concurrent.Executors;

/** HttpServer with the paths of the matrix ("serve PORT"), and HttpClient that asks for them ("ask PORT": listens there to be found, reads the address from stdin). */
public class Web {
    public static void main(String[] arguments) throws Exception {
        int port = Integer.parseInt(arguments[1]);
        if (arguments[0].equals("serve")) serve(port);
        else ask(port);
    }

    private static void serve(int port) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 16);
        server.setExecutor(Executors.newFixedThreadPool(4));
        server.createContext("/", Web::answer);
        server.start();
    }

    private static void answer(HttpExchange exchange) throws IOException {
        int bytes = exchange.getRequestBody().readAllBytes().length;
        String path = exchange.getRequestURI().getPath();
        boolean post = exchange.getRequestMethod().equals("POST");
        int status = post || path.equals("/ok") || path.equals("/big") || path.equals("/chunked") ? 200 : path.equals("/error") ? 500 : 404;
        byte[] body = (post ? bytes + " bytes\n" : path.equals("/big") ? "x".repeat(300000) : path.equals("/chunked") ? "onetwo" : "ok\n").getBytes();
        exchange.sendResponseHeaders(status, path.equals("/chunked") ? 0 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private static void ask(int port) throws Exception {
        try (ServerSocket found = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            System.out.println("ready");
            String root = new BufferedReader(new InputStreamReader(System.in)).readLine();
            HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
            for (String path : new String[] { "/ok", "/ok", "/echo", "/missing", "/error", "/chunked", "/big" }) {
                HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(root + path));
                if (path.equals("/echo")) request.POST(HttpRequest.BodyPublishers.ofString("y".repeat(1000)));
                System.out.println(client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray()).statusCode());
            }
        }
    }
}
