package dev.relevo.launcher;

public final class Relevo {
  private Relevo() {}

  public static void main(String[] args) {}
}
