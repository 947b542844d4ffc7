package ai.demeter.bench.spring;

import jakarta.validation.Valid;
import java.net.URI;
import org.springframework.data.domain.Limit;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.servlet.support.ServletUriComponentsBuilder;

/** The warehouses over HTTP: what the benchmark asks for, with the answers that Demeter gives. */
@RestController
@RequestMapping("/api/warehouses")
public class WarehouseController {
    private final WarehouseRepository warehouses;

    WarehouseController(WarehouseRepository warehouses) {
        this.warehouses = warehouses;
    }

    @PostMapping
    public ResponseEntity<WarehouseView> create(@Valid @RequestBody WarehouseInput input) {
        Warehouse created = warehouses.save(input.toWarehouse());
        URI location =
                ServletUriComponentsBuilder.fromCurrentRequest()
                        .path("/{id}")
                        .build(created.id.toString());
        return ResponseEntity.created(location)
                .eTag(Integer.toString(created.version))
                .body(WarehouseView.of(created));
    }

    @GetMapping("/{id}")
    public ResponseEntity<WarehouseView> get(@PathVariable long id) {
        Warehouse found =
                warehouses
                        .findById(id)
                        .orElseThrow(() -> new ResponseStatusException(HttpStatus.NOT_FOUND));
        return ResponseEntity.ok()
                .eTag(Integer.toString(found.version))
                .body(WarehouseView.of(found));
    }

    @GetMapping
    public ResponseEntity<WarehousePage> list(
            @RequestParam(defaultValue = "50") int limit,
            @RequestParam(defaultValue = "0") long after) {
        WarehousePage page =
                WarehousePage.of(
                        warehouses.findByIdGreaterThanOrderById(after, Limit.of(limit + 1)), limit);
        if (page.next() == null) {
            return ResponseEntity.ok(page);
        }
        URI next =
                ServletUriComponentsBuilder.fromCurrentRequest()
                        .replaceQueryParam("after", page.next())
                        .build()
                        .toUri();
        return ResponseEntity.ok()
                .header(HttpHeaders.LINK, "<" + next + ">; rel=\"next\"")
                .body(page);
    }
}
