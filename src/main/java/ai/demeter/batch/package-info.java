/**
 * Batches: plants of one product and size that stand in a bin.
 *
 * <p>Why it exists: it is what the nursery counts. How many plants a batch has is nobody's to
 * write: it is the sum of its movements ({@code stock}), which the database keeps.
 */
package ai.demeter.batch;
