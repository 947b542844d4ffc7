package ai.demeter.stock;

import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * A number of plants in one movement, from {@link #least} to a million; the nursery has 600,000
 * (issue 18). Null is left to {@code @NotNull}.
 *
 * <p>Not {@code @Min} and {@code @Max}: at a record's component they break Payara's description of
 * the whole API (6.2025.10, {@code ApplicationProcessor.addSchemaParameter}).
 */
@Constraint(validatedBy = Plants.Check.class)
@Target(ElementType.FIELD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Plants {
    /** Plants. */
    int most() default 1_000_000;

    /** Plants. */
    int least();

    String message() default "must be from {least} to {most}";

    Class<?>[] groups() default {};

    Class<? extends Payload>[] payload() default {};

    /** The check. */
    class Check implements ConstraintValidator<Plants, Integer> {
        private int least;
        private int most;

        @Override
        public void initialize(Plants plants) {
            least = plants.least();
            most = plants.most();
        }

        @Override
        public boolean isValid(Integer value, ConstraintValidatorContext context) {
            return value == null || value >= least && value <= most;
        }
    }
}
