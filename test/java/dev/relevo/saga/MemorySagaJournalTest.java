package dev.relevo.saga;

class MemorySagaJournalTest extends SagaJournalContract {
  @Override
  SagaJournal empty() {
    return new MemorySagaJournal();
  }
}
