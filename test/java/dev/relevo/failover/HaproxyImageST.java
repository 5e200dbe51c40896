package dev.relevo.failover;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;

/** The same against the HAProxy that the compose topology runs, which is another version. */
class HaproxyImageST extends HaproxyRouterIT {
  private static final String NAME = "relevo-haproxy-image";

  /** On the machine's own network, and with the socket's owner being whoever runs this. */
  @Override
  List<String> command() throws IOException {
    return List.of(
        "docker",
        "run",
        "--rm",
        "--name=" + NAME,
        "--network=host",
        "--user=" + Files.getAttribute(folder, "unix:uid"),
        "--volume=" + folder + ":" + folder,
        "--entrypoint=haproxy",
        "relevo-haproxy");
  }

  /** One of a run that was killed would be in the way; without the image this fails. */
  @Override
  void requireProgram() throws Exception {
    done("docker", "rm", "--force", NAME);
    done("docker", "image", "inspect", "relevo-haproxy");
  }

  @Override
  void signal(String name) throws Exception {
    done("docker", "kill", "--signal=" + name, NAME);
  }
}
