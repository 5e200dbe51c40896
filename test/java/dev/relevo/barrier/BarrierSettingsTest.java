package dev.relevo.barrier;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.validation.ValidationAutoConfiguration;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class BarrierSettingsTest {
  @EnableConfigurationProperties(BarrierSettings.class)
  static class Settings {}

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(AutoConfigurations.of(ValidationAutoConfiguration.class))
          .withUserConfiguration(Settings.class);

  @Test
  void areSafeByDefault() {
    runner.run(
        context -> {
          BarrierSettings settings = context.getBean(BarrierSettings.class);
          assertThat(settings.enabled()).isTrue();
          assertThat(settings.retention()).isEqualTo(BarrierSettings.MINIMUM_RETENTION);
          assertThat(settings.purgeBatch()).isEqualTo(500);
          assertThat(settings.purgePeriod()).hasMinutes(10);
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"retention=6d23h", "retention=0s", "purge-batch=0", "purge-batch=10001"})
  void refuseWhatWouldLoseOutcomes(String setting) {
    runner
        .withPropertyValues("relevo.barrier." + setting)
        .run(context -> assertThat(context).hasFailed());
  }
}
