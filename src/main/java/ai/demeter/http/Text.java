package ai.demeter.http;

import jakarta.validation.Constraint;
import jakarta.validation.ConstraintValidator;
import jakarta.validation.ConstraintValidatorContext;
import jakarta.validation.Payload;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Text that people read and PostgreSQL stores: not blank, at most {@link #most} characters, counted
 * as PostgreSQL counts them (code points), without NUL, which it does not store, and without halves
 * of surrogate pairs, which are no characters. Null is left to {@code @NotNull}.
 */
@Constraint(validatedBy = Text.Check.class)
@Target(ElementType.FIELD)
@Retention(RetentionPolicy.RUNTIME)
public @interface Text {
    /** Characters. */
    int most();

    String message() default
            "must have 1 to {most} characters, not only blanks, without NUL or half surrogate pairs";

    Class<?>[] groups() default {};

    Class<? extends Payload>[] payload() default {};

    /** The check. */
    class Check implements ConstraintValidator<Text, String> {
        private int most;

        @Override
        public void initialize(Text text) {
            most = text.most();
        }

        @Override
        public boolean isValid(String value, ConstraintValidatorContext context) {
            return value == null || isValid(value, most);
        }

        /** The same, of a value that is no member of a record. */
        public static boolean isValid(String value, int most) {
            return !value.isBlank()
                    && value.codePointCount(0, value.length()) <= most
                    && value.codePoints().noneMatch(Check::isUnstorable);
        }

        private static boolean isUnstorable(int character) {
            return character == 0
                    || character >= Character.MIN_SURROGATE && character <= Character.MAX_SURROGATE;
        }
    }
}
