package dev.relevo.launcher;

import dev.relevo.role.RoleApplication;
import org.springframework.boot.builder.SpringApplicationBuilder;

public final class Relevo {
  private Relevo() {}

  public static void main(String[] args) {
    new SpringApplicationBuilder(RoleApplication.class)
        .properties("spring.config.location=classpath:apps/inventory/application.yaml")
        .run(args);
  }
}
