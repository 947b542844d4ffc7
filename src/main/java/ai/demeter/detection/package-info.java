/**
 * Detections: what was seen of plants in an area, when, how many, and how certain that is.
 *
 * <p>Why it exists: cameras count plants, over a million times a month. So rows come and go by the
 * stream, through {@code COPY} within a unit of work, and are never entities
 * (docs/decisions/detections.md).
 */
package ai.demeter.detection;
