package com.example.hello;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;

/** A page on the web server that the JDK brings. */
public final class Main {
    private static final Page PAGE = Page.load();

    public static void main(String[] args) throws IOException {
        var address = new InetSocketAddress(variable("HOST", "127.0.0.1"), Integer.parseInt(variable("PORT", "3000")));
        var server = HttpServer.create(address, 0);
        server.createContext("/", Main::index);
        server.createContext("/healthz", Main::health);
        server.setExecutor(Executors.newFixedThreadPool(8));
        // slot sends TERM once the last request was handed over.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> server.stop(1)));
        server.start();
        System.out.println("listening on " + address);
    }

    private static void index(HttpExchange exchange) throws IOException {
        if (!exchange.getRequestURI().getPath().equals("/")) {
            answer(exchange, 404, "text/plain", "nothing here\n");
            return;
        }
        answer(exchange, 200, "text/html", PAGE.with(greeting(), variable("SLOT_NAME", "?"), release()));
    }

    private static void health(HttpExchange exchange) throws IOException {
        answer(exchange, 200, "application/json", "{\"ok\":true,\"release\":\"" + release() + "\"}");
    }

    private static void answer(HttpExchange exchange, int status, String type, String body) throws IOException {
        var bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", type + "; charset=utf-8");
        exchange.sendResponseHeaders(status, bytes.length);
        try (var out = exchange.getResponseBody()) {
            out.write(bytes);
        }
    }

    private static String greeting() {
        return variable("GREETING", "Hello from Java");
    }

    private static String release() {
        return variable("SLOT_RELEASE", "?");
    }

    private static String variable(String name, String otherwise) {
        return System.getenv().getOrDefault(name, otherwise);
    }
}
