/**
 * Stock: the ledger of what comes into a batch of plants and what leaves it.
 *
 * <p>Why it exists: a number of plants that anyone can overwrite says nothing of where plants went.
 * Here each change is a movement that stays as it was written, the quantity of a batch is the sum
 * of its movements, and neither is negative. The database holds all of that itself
 * (docs/domain.md), so that what is in this room need not be right for it to be true.
 */
package ai.demeter.stock;
