package ai.demeter.detection;

import ai.demeter.http.StreamedAnswers;

/** An export a page at a time, each a statement of its own: nothing is open between two of them. */
final class Pages implements StreamedAnswers.Parts {
    private final Detections detections;
    private Export rest;
    private boolean begun;

    Pages(Detections detections, Export all) {
        this.detections = detections;
        rest = all;
    }

    @Override
    public byte[] next() throws Exception {
        if (!begun && rest.csv()) {
            begun = true;
            return Export.HEADER;
        }
        begun = true;
        byte[] page = detections.page(rest);
        if (page.length == 0) {
            return null;
        }
        rest = rest.after(page);
        return page;
    }
}
