import Testing

@testable import SuperviseKit

@Suite(.timeLimit(.minutes(1)))
struct MetricsTextTests {
  @Test func `every sample belongs to a family that was announced once`() {
    var ready = ProcessStatus(name: "worker.1", kind: "worker", state: "ready", port: 5000)
    ready.up = .milliseconds(1500)
    ready.cpuSeconds = 0.25
    ready.residentBytes = 4096
    ready.restarts = 3
    ready.logLines = 7
    let leaving = ProcessStatus(name: "worker.1", kind: "worker", state: "draining", port: 5000)
    let text = MetricsText(
      [ready, leaving], .init(reloads: 2, droppedLines: 3, droppedLogLines: 4)
    ).text

    var families: Set<Substring> = []
    for line in text.split(separator: "\n") {
      let words = line.split(separator: " ")
      if line.hasPrefix("# TYPE") {
        #expect(families.insert(words[2]).inserted)
      } else if !line.hasPrefix("#") {
        #expect(words.count == 2)
        #expect(Double(words[1]) != nil)
        #expect(families.contains(words[0].prefix { $0 != "{" }))
      }
    }
    #expect(text.contains("supervise_process_up{process=\"worker.1\",kind=\"worker\"} 1\n"))
    #expect(
      text.contains(
        "supervise_process_log_lines_total{process=\"worker.1\",kind=\"worker\",stream=\"stdout\"} 7"
      ))
    #expect(text.contains("supervise_log_dropped_lines_total{reader=\"log\"} 4\n"))
    #expect(text.contains("supervise_log_dropped_lines_total{reader=\"client\"} 3\n"))
    #expect(text.contains("supervise_reloads_total{outcome=\"done\"} 2\n"))
    #expect(Set(text.split(separator: "\n")).count == text.split(separator: "\n").count)
  }
}
