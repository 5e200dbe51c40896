package dev.relevo.saga;

class SagaSemanticsTest extends SagaSemanticsContract {
  @Override
  SagaJournal empty() {
    return new MemorySagaJournal();
  }
}
