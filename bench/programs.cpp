// Programs of the corpus, in process, with their trace: how many a second. And with JSON, as `lawful run` does it.
#include <benchmark/benchmark.h>

#include <fstream>
#include <string>
#include <vector>

#include "conformance/subjects/scheduler_subject.hpp"
#include "scheduler/deterministic.hpp"
#include "spec/json.hpp"

namespace {

using namespace lawful;

const std::vector<spec::Program>& corpus() {
  static const std::vector<spec::Program> programs = [] {
    std::vector<spec::Program> read;
    spec::JsonReader reader;
    for (const char* name : {"distinct", "ties", "edges"}) {
      std::ifstream file(std::string(LAWFUL_CORPUS "/asyncio-3.13-") + name + ".jsonl");
      std::string line;
      while (std::getline(file, line)) read.push_back(reader.record(line).program);
    }
    return read;
  }();
  return programs;
}

void corpus_in_process(benchmark::State& state) {
  const auto subject = conformance::scheduler_subject("deterministic", [] { return std::make_unique<DeterministicScheduler>(); });
  for (auto _ : state) {
    for (const spec::Program& program : corpus()) benchmark::DoNotOptimize(subject->run(program));
  }
  state.SetItemsProcessed(state.iterations() * static_cast<long>(corpus().size()));
}

void corpus_with_json(benchmark::State& state) {
  const auto subject = conformance::scheduler_subject("deterministic", [] { return std::make_unique<DeterministicScheduler>(); });
  std::vector<std::string> lines;
  for (const spec::Program& program : corpus()) lines.push_back(spec::to_json(program));
  spec::JsonReader reader;
  std::string out;
  for (auto _ : state) {
    for (const std::string& line : lines) {
      const spec::Program program = reader.program(line);
      out.clear();
      spec::write(out, program, subject->run(program));
      benchmark::DoNotOptimize(out);
    }
  }
  state.SetItemsProcessed(state.iterations() * static_cast<long>(lines.size()));
}

}  // namespace

BENCHMARK(corpus_in_process)->Unit(benchmark::kMillisecond);
BENCHMARK(corpus_with_json)->Unit(benchmark::kMillisecond);
