package dev.relevo.saga;

import java.util.HashMap;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.Expression;
import org.apache.camel.NoTypeConversionAvailableException;
import org.apache.camel.RuntimeCamelException;
import org.apache.camel.saga.CamelSagaStep;

/**
 * A step's option values at the moment it joins. They come back from the journal as they went in:
 * text, truth values and whole numbers stay what they are, everything else becomes text.
 */
final class OptionValues {
  private OptionValues() {}

  static Map<String, Object> of(Exchange exchange, CamelSagaStep step) {
    Map<String, Object> values = new HashMap<>();
    for (Map.Entry<String, Expression> option : step.getOptions().entrySet()) {
      Object value = option.getValue().evaluate(exchange, Object.class);
      if (value != null) {
        values.put(option.getKey(), kept(exchange, option.getKey(), value));
      }
    }
    return values;
  }

  private static Object kept(Exchange exchange, String name, Object value) {
    if (value instanceof String || value instanceof Boolean || value instanceof Integer) {
      return value;
    }
    if (value instanceof Long || value instanceof Short || value instanceof Byte) {
      long number = ((Number) value).longValue();
      // Not a conditional expression: that would make a Long of both.
      if (number == (int) number) {
        return (int) number;
      }
      return number;
    }
    try {
      return exchange
          .getContext()
          .getTypeConverter()
          .mandatoryConvertTo(String.class, exchange, value);
    } catch (NoTypeConversionAvailableException e) {
      throw new RuntimeCamelException("Saga option " + name + " cannot be kept as text", e);
    }
  }
}
