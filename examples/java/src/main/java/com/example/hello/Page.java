package com.example.hello;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** The page; it lies in the jar. */
record Page(String text, Instant since) {
    static Page load() {
        try (var in = Page.class.getResourceAsStream("/page.html")) {
            return new Page(new String(in.readAllBytes(), StandardCharsets.UTF_8), Instant.now().truncatedTo(ChronoUnit.SECONDS));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What people set is escaped. */
    String with(String greeting, String slot, String release) {
        return text.replace("{slot}", escape(slot))
            .replace("{release}", escape(release))
            .replace("{since}", since.toString())
            .replace("{greeting}", escape(greeting));
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;");
    }
}
