package dev.relevo.http;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;
import java.util.List;

/**
 * Which traces are recorded: a share of the requests. What a process does by itself, such as
 * renewing its lease, begins none.
 *
 * @param share decides on a request by its trace's id, so that all processes decide alike
 */
record RequestSampler(Sampler share) implements Sampler {

  /**
   * Goes by what the caller has decided if that was to record. That it was not may mean that he
   * does not record at all, as the edge doesn't: then the share decides.
   *
   * @param probability the share, from 0 to 1
   */
  static Sampler of(double probability) {
    Sampler share = Sampler.traceIdRatioBased(probability);
    return Sampler.parentBasedBuilder(new RequestSampler(share))
        .setRemoteParentNotSampled(share)
        .build();
  }

  @Override
  public SamplingResult shouldSample(
      Context parent,
      String traceId,
      String name,
      SpanKind kind,
      Attributes attributes,
      List<LinkData> links) {
    return kind == SpanKind.SERVER
        ? share.shouldSample(parent, traceId, name, kind, attributes, links)
        : SamplingResult.drop();
  }

  @Override
  public String getDescription() {
    return "RequestsOnly{" + share.getDescription() + "}";
  }
}
