package dev.relevo.it;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/**
 * One HTTP/1.1 message, byte for byte as it was sent.
 *
 * @param head the first line and the headers, with the empty line
 * @param body framing included; empty if there is none
 */
record HttpMessage(String head, byte[] body) {
  private static final int LONGEST_HEAD = 64 * 1024;

  /** Reads a request; null if the connection ends before it begins. */
  static HttpMessage readRequest(InputStream in) throws IOException {
    String head = readHead(in);
    return head == null ? null : new HttpMessage(head, readBody(head, in, false));
  }

  /** Reads an answer; null if the connection ends before it begins. */
  static HttpMessage readAnswer(InputStream in) throws IOException {
    String head = readHead(in);
    if (head == null) {
      return null;
    }
    boolean empty = head.startsWith("HTTP/1.1 204") || head.startsWith("HTTP/1.1 304");
    return new HttpMessage(head, empty ? new byte[0] : readBody(head, in, true));
  }

  int status() {
    return Integer.parseInt(head.substring(9, 12));
  }

  /** The first header of that name; null if there is none. */
  String header(String name) {
    return header(head, name);
  }

  String text() {
    return new String(body, StandardCharsets.UTF_8);
  }

  byte[] bytes() {
    byte[] start = head.getBytes(StandardCharsets.ISO_8859_1);
    byte[] all = new byte[start.length + body.length];
    System.arraycopy(start, 0, all, 0, start.length);
    System.arraycopy(body, 0, all, start.length, body.length);
    return all;
  }

  private static String readHead(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.length() < LONGEST_HEAD) {
      int next = in.read();
      if (next < 0) {
        if (head.isEmpty()) {
          return null;
        }
        throw new EOFException("The connection ended in the head: " + head);
      }
      head.append((char) next);
      if (next == '\n' && head.length() >= 4 && head.indexOf("\r\n\r\n", head.length() - 4) >= 0) {
        return head.toString();
      }
    }
    throw new IOException("The head has no end");
  }

  private static byte[] readBody(String head, InputStream in, boolean untilEnd) throws IOException {
    String length = header(head, "Content-Length");
    if (length != null) {
      byte[] body = in.readNBytes(Integer.parseInt(length));
      if (body.length < Integer.parseInt(length)) {
        throw new EOFException("The connection ended in the body");
      }
      return body;
    }
    if ("chunked".equalsIgnoreCase(header(head, "Transfer-Encoding"))) {
      return readChunks(in);
    }
    return untilEnd ? in.readAllBytes() : new byte[0];
  }

  private static byte[] readChunks(InputStream in) throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    while (true) {
      String line = readLine(in);
      body.write(line.getBytes(StandardCharsets.ISO_8859_1));
      int size = Integer.parseInt(line.strip().split(";")[0], 16);
      body.write(in.readNBytes(size));
      body.write(readLine(in).getBytes(StandardCharsets.ISO_8859_1));
      if (size == 0) {
        return body.toByteArray();
      }
    }
  }

  private static String readLine(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    while (line.length() < 2 || line.charAt(line.length() - 1) != '\n') {
      int next = in.read();
      if (next < 0) {
        throw new EOFException("The connection ended in a chunk");
      }
      line.append((char) next);
    }
    return line.toString();
  }

  private static String header(String head, String name) {
    String[] lines = head.split("\r\n");
    for (int i = 1; i < lines.length; i++) {
      int colon = lines[i].indexOf(':');
      if (colon > 0 && lines[i].substring(0, colon).strip().equalsIgnoreCase(name)) {
        return lines[i].substring(colon + 1).strip();
      }
    }
    return null;
  }
}
