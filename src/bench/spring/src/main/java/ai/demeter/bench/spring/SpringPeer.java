package ai.demeter.bench.spring;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Where it starts. */
@SpringBootApplication
public class SpringPeer {
    public static void main(String[] arguments) {
        SpringApplication.run(SpringPeer.class, arguments);
    }
}
