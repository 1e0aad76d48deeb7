import CeleriacBeat
import CeleriacCore

/// What the tasks of these tests throw.
struct Refused: Error, CustomStringConvertible {
  let description = "the server refuses"
}

let add = TaskDefinition("shop.add", labels: ["x", "y"]) { (x: Int, y: Int) in x + y }

/// Sends a mail, to anybody but `nobody`.
let mail = TaskDefinition(
  "shop.mail", labels: ["to", "titles"],
  options: TaskOptions(retry: .exponential(attempts: 3, base: .seconds(10)))
) { (to: String, titles: [String]) async throws in
  if to == "nobody" { throw Refused() }
}

/// Mails two customers at midnight in Berlin.
let mailEveryone = TaskDefinition(
  "shop.mailEveryone", periodic: PeriodicOptions(.daily(at: "00:00", in: "Europe/Berlin"))
) { () async throws in
  for customer in ["ada", "grace"] { try await mail.delay(customer, ["Water the plants"]) }
}

let poll = TaskDefinition("shop.poll", periodic: PeriodicOptions(.every(.seconds(30)))) {}
