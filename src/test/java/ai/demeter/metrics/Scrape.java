package ai.demeter.metrics;

import ai.demeter.run.Stack;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What {@code /api/metrics} answered.
 *
 * @param series value by name and labels, as written
 */
record Scrape(Map<String, Double> series) {
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"");

    /** Takes one; fails unless it is answered 200 as Prometheus text. */
    static Scrape of(Stack stack) throws Exception {
        HttpResponse<String> answer = stack.get("/api/metrics");
        String type = answer.headers().firstValue("Content-Type").orElse("");
        if (answer.statusCode() != 200
                || !type.toLowerCase(java.util.Locale.ROOT)
                        .startsWith("text/plain; version=0.0.4")) {
            throw new AssertionError(answer + " " + type + "\n" + answer.body());
        }
        Map<String, Double> series = new TreeMap<>();
        for (String line : answer.body().split("\n")) {
            if (!line.startsWith("#")) {
                int space = line.lastIndexOf(' ');
                series.put(line.substring(0, space), value(line.substring(space + 1)));
            }
        }
        return new Scrape(series);
    }

    private static double value(String text) {
        return switch (text) {
            case "+Inf" -> Double.POSITIVE_INFINITY;
            case "-Inf" -> Double.NEGATIVE_INFINITY;
            default -> Double.parseDouble(text);
        };
    }

    Set<String> names() {
        return series.keySet().stream().map(Scrape::name).collect(Collectors.toSet());
    }

    Set<String> labels() {
        return series.keySet().stream()
                .flatMap(key -> LABEL.matcher(key).results().map(found -> found.group(1)))
                .collect(Collectors.toSet());
    }

    /** The sum of the series of this name that have all of these labels, 0 if there is none. */
    double sum(String name, String... labels) {
        return series.keySet().stream()
                .filter(key -> name(key).equals(name))
                .filter(key -> Stream.of(labels).allMatch(key::contains))
                .mapToDouble(series::get)
                .sum();
    }

    private static String name(String key) {
        return key.split("\\{", 2)[0];
    }
}
