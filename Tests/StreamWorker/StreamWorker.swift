import CeleriacCLI
import CeleriacCore

/// A worker whose tasks say when they begin and when they have ended.
@main
struct StreamWorker: CeleriacApp {
  static let name = "stream_worker"

  var tasks: [any TaskHandle] {
    [
      TaskDefinition("stream.work", labels: ["number", "seconds"]) {
        (number: Int, seconds: Double) in
        print("begin \(number) ")
        try await Task.sleep(for: .seconds(seconds))
        print("end \(number) ")
        return number
      }
    ]
  }
}
