package dev.relevo.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.samplers.SamplingDecision;
import java.util.List;
import org.junit.jupiter.api.Test;

class RequestSamplerTest {
  private static final String ID = "4bf92f3577b34da6a3ce929d0e0e4736";
  private static final String SPAN = "00f067aa0ba902b7";

  private static boolean isRecorded(double probability, Context parent, SpanKind kind) {
    return RequestSampler.of(probability)
        .shouldSample(parent, ID, "a span", kind, Attributes.empty(), List.of())
        .getDecision()
        .equals(SamplingDecision.RECORD_AND_SAMPLE);
  }

  private static Context remote(TraceFlags flags) {
    return Context.root()
        .with(
            Span.wrap(
                SpanContext.createFromRemoteParent(ID, SPAN, flags, TraceState.getDefault())));
  }

  private static Context local(TraceFlags flags) {
    return Context.root()
        .with(Span.wrap(SpanContext.create(ID, SPAN, flags, TraceState.getDefault())));
  }

  @Test
  void theShareDecidesOnRequests() {
    assertThat(isRecorded(1, Context.root(), SpanKind.SERVER)).isTrue();
    assertThat(isRecorded(0, Context.root(), SpanKind.SERVER)).isFalse();
    assertThat(isRecorded(1, remote(TraceFlags.getDefault()), SpanKind.SERVER)).isTrue();
    assertThat(isRecorded(0, remote(TraceFlags.getDefault()), SpanKind.SERVER)).isFalse();
  }

  @Test
  void whatTheCallerRecordsIsRecorded() {
    assertThat(isRecorded(0, remote(TraceFlags.getSampled()), SpanKind.SERVER)).isTrue();
  }

  @Test
  void aTraceIsRecordedAsAWholeOrNotAtAll() {
    assertThat(isRecorded(0, local(TraceFlags.getSampled()), SpanKind.CLIENT)).isTrue();
    assertThat(isRecorded(1, local(TraceFlags.getDefault()), SpanKind.CLIENT)).isFalse();
  }

  @Test
  void whatAProcessDoesByItselfIsNotRecorded() {
    assertThat(isRecorded(1, Context.root(), SpanKind.CLIENT)).isFalse();
    assertThat(isRecorded(1, Context.root(), SpanKind.INTERNAL)).isFalse();
  }
}
