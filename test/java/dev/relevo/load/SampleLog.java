package dev.relevo.load;

import java.util.Comparator;
import java.util.List;

/** Requests as lines of text, to be kept beside a report. */
public final class SampleLog {
  private SampleLog() {}

  /** One line for each, in the order of time; times in milliseconds since the first was due. */
  public static String csv(List<Sample> samples) {
    StringBuilder csv = new StringBuilder("due_ms,kind,latency_ms,status\n");
    if (samples.isEmpty()) {
      return csv.toString();
    }
    long zero = samples.get(0).due();
    List<Sample> sorted =
        samples.stream().sorted(Comparator.comparingLong(s -> s.due() - zero)).toList();
    long first = sorted.get(0).due();
    for (Sample sample : sorted) {
      csv.append(
          "%.1f,%s,%.2f,%d%n"
              .formatted(
                  (sample.due() - first) / 1e6,
                  sample.kind().title(),
                  sample.latency().toNanos() / 1e6,
                  sample.status()));
    }
    return csv.toString();
  }
}
