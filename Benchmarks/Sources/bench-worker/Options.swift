import CeleriacCore
import CeleriacWorker
import Glibc

/// The command line: `bench-worker [--concurrency N] [--prefetch N] [--queues a,b] [--name NAME]`.
struct Options {
  var concurrency = max(sysconf(Int32(_SC_NPROCESSORS_ONLN)), 1)
  var prefetch: Int?
  var queues = [QueueName.default]
  var name = "bench@\(getpid())"

  init(_ arguments: some Sequence<String>) throws {
    var words = arguments.makeIterator()
    while let word = words.next() {
      let value = words.next() ?? ""
      switch word {
      case "--concurrency": concurrency = try number(value)
      case "--prefetch": prefetch = try number(value)
      case "--queues": queues = value.split(separator: ",").map { QueueName(String($0)) }
      case "--name": name = value
      default: throw UsageError(word: word)
      }
    }

    func number(_ text: String) throws -> Int {
      guard let number = Int(text) else { throw UsageError(word: text) }
      return number
    }
  }

  var configuration: WorkerConfiguration {
    WorkerConfiguration(concurrency: concurrency, queues: queues, prefetch: prefetch, name: name)
  }
}

/// A word of the command line that means nothing.
struct UsageError: Error {
  let word: String
}
