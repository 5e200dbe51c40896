package dev.relevo.saga;

class OncePolicyTest extends OncePolicyContract {
  @Override
  SagaJournal empty() {
    return new MemorySagaJournal();
  }

  @Override
  int races() {
    return 10_000;
  }
}
