/// Counters and gauges as Prometheus reads them.
struct MetricsText {
  /// What is counted of the supervisor as a whole.
  struct Totals: Equatable {
    var reloads = 0
    var failedReloads = 0
    var droppedClients = 0
    /// Of the streams that clients follow.
    var droppedLines = 0
    /// Of the log itself.
    var droppedLogLines = 0
  }

  private(set) var text = ""

  init(_ processes: [ProcessStatus], _ totals: Totals) {
    // What drains or is not ready in the place of another is no process of its own.
    var seen: Set<String> = []
    let processes = processes.filter { seen.insert($0.name).inserted }
    family(
      "process_up", "gauge", "Whether the process is ready.", processes
    ) { [("", $0.state == "ready" ? "1" : "0")] }
    family(
      "process_restarts_total", "counter", "Starts after the first one.", processes
    ) { [("", String($0.restarts))] }
    family(
      "process_uptime_seconds", "gauge", "How long the process has been running.", processes
    ) { $0.up.map { [("", String($0 / .seconds(1)))] } ?? [] }
    family(
      "process_cpu_seconds_total", "counter",
      "Processor time of the running process and its descendants.", processes
    ) { $0.cpuSeconds.map { [("", String($0))] } ?? [] }
    family(
      "process_resident_memory_bytes", "gauge",
      "Memory of the running process and its descendants.", processes
    ) { $0.residentBytes.map { [("", String($0))] } ?? [] }
    family(
      "process_log_lines_total", "counter", "Lines the process has written.", processes
    ) {
      [
        (",stream=\"stdout\"", String($0.logLines)),
        (",stream=\"stderr\"", String($0.errorLines)),
      ]
    }
    header("reloads_total", "counter", "Reloads that have ended, by what became of them.")
    text += "supervise_reloads_total{outcome=\"done\"} \(totals.reloads)\n"
    text += "supervise_reloads_total{outcome=\"failed\"} \(totals.failedReloads)\n"
    header(
      "log_dropped_lines_total", "counter",
      "Lines that were left out because the log, or a client that follows it, is read too slowly.")
    text += "supervise_log_dropped_lines_total{reader=\"log\"} \(totals.droppedLogLines)\n"
    text += "supervise_log_dropped_lines_total{reader=\"client\"} \(totals.droppedLines)\n"
    header("control_dropped_clients_total", "counter", "Clients that did not read.")
    text += "supervise_control_dropped_clients_total \(totals.droppedClients)\n"
  }

  private mutating func header(_ name: String, _ type: String, _ help: String) {
    text += "# HELP supervise_\(name) \(help)\n# TYPE supervise_\(name) \(type)\n"
  }

  private mutating func family(
    _ name: String, _ type: String, _ help: String, _ processes: [ProcessStatus],
    _ samples: (ProcessStatus) -> [(labels: String, value: String)]
  ) {
    header(name, type, help)
    for process in processes {
      for (labels, value) in samples(process) {
        text += "supervise_\(name){process=\"\(process.name)\",kind=\"\(process.kind)\"\(labels)} "
        text += value + "\n"
      }
    }
  }
}
