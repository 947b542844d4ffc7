package ai.demeter.http;

import ai.demeter.database.WrittenPosition;
import jakarta.inject.Inject;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerResponseContext;
import jakarta.ws.rs.container.ContainerResponseFilter;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.Provider;

/**
 * Says in the answer to a write where the database's log stood after it, where there is a read
 * replica: with it a client asks for a list that is stale but has what it wrote. What has an {@link
 * Idempotency} key is committed later, and is told so there.
 */
@Provider
public class PositionOfWrite implements ContainerResponseFilter {
    /** Its name, in answers and in requests. */
    public static final String HEADER = "Demeter-Position";

    @Inject private WrittenPosition written;

    @Override
    public void filter(ContainerRequestContext request, ContainerResponseContext response) {
        written.take()
                .filter(
                        position ->
                                response.getStatusInfo().getFamily()
                                        == Response.Status.Family.SUCCESSFUL)
                .ifPresent(
                        position -> response.getHeaders().putSingle(HEADER, position.toString()));
    }
}
