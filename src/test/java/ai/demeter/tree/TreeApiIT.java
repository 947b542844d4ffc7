package ai.demeter.tree;

import static ai.demeter.http.ProblemAssert.assertThatProblem;
import static org.assertj.core.api.Assertions.assertThat;

import ai.demeter.run.Stack;
import ai.demeter.storage.Nursery;
import com.fasterxml.jackson.databind.JsonNode;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The tree of a warehouse as docs/guarantees.md has it; its statements: StatementsTest. */
class TreeApiIT {
    private static Stack stack;
    private static Nursery nursery;

    @BeforeAll
    static void start() throws Exception {
        stack = Stack.shared();
        nursery = new Nursery(stack);
    }

    @BeforeEach
    @AfterEach
    void empty() throws SQLException {
        nursery.empty();
    }

    @Test
    @DisplayName("the tree has each level in the order of its ids, and nothing of other warehouses")
    void whole() throws Exception {
        String warehouse = nursery.warehouse("GH-01");
        String area = nursery.area(warehouse, "A-01");
        String empty = nursery.area(warehouse, "A-02");
        String location = nursery.location(area, "L-01", "QR000001");
        nursery.location(area, "L-02", "QR000002");
        String bin = nursery.bin(location, "B-01");
        nursery.bin(location, "B-02");
        nursery.location(nursery.area(nursery.warehouse("GH-02"), "A-01"), "L-01", "QR000003");

        JsonNode tree = nursery.get(warehouse + "/tree");
        assertThat(tree.toString())
                .isEqualTo(
                        ("{'id':%d,'code':'GH-01','name':'n','type':'tunnel','active':true,'areas':["
                                        + "{'id':%d,'code':'A-01','name':'n','active':true,'locations':["
                                        + "{'id':%d,'code':'L-01','name':'n','qrCode':'QR000001','active':true,'bins':["
                                        + "{'id':%d,'code':'B-01','status':'active'},{'id':%d,'code':'B-02','status':'active'}]},"
                                        + "{'id':%d,'code':'L-02','name':'n','qrCode':'QR000002','active':true,'bins':[]}]},"
                                        + "{'id':%d,'code':'A-02','name':'n','active':true,'locations':[]}]}")
                                .formatted(
                                        Nursery.id(warehouse),
                                        Nursery.id(area),
                                        Nursery.id(location),
                                        Nursery.id(bin),
                                        Nursery.id(bin) + 1,
                                        Nursery.id(location) + 1,
                                        Nursery.id(empty))
                                .replace('\'', '"'));
    }

    @Test
    @DisplayName("a warehouse without areas is its own tree, and one that is not there has none")
    void bare() throws Exception {
        assertThat(nursery.get(nursery.warehouse("GH-01") + "/tree").path("areas")).isEmpty();
        String none = "/api/warehouses/999999999/tree";
        assertThatProblem(stack.get(none)).is(404, "not-found").at(none);
    }
}
