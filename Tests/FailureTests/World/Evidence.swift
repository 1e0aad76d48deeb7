import Glibc

/// All that is left of a run of the system: what Redis holds, and what the tasks wrote.
struct Evidence: Sendable {
  /// The stored state of each call that has one.
  var states: [String: String] = [:]
  /// The reason with which each call was given up.
  var buried: [String: String] = [:]
  /// Where messages still wait or are on loan, and how many.
  var waiting: [String: Int] = [:]
  var runs: [RunRecord] = []
  /// Processes that were killed, or halted for longer than their lease.
  var dead: Set<pid_t> = []
}

/// A broken promise.
struct Breach: Sendable, Hashable, CustomStringConvertible {
  enum Kind: Sendable {
    case lost
    /// A message that nobody will take, or that belongs to no call.
    case stuck
    /// Run twice where nobody had died.
    case repeated
    /// Done otherwise than was asked.
    case wrong
  }

  let kind: Kind
  let description: String
}

/// What has come of the calls, and each broken promise in words.
struct Verdict: Sendable {
  var accepted = 0
  var done = 0
  /// Run again because a worker died with them.
  var repeated = 0
  var buried = 0
  /// Acknowledged early by a worker that died.
  var spent = 0
  var broken: [Breach] = []

  init() {}

  /// Judges accepted calls.
  ///
  /// A message is in one place. A call is done once; more than once only where the process that ran it
  /// was killed; or it is in the dead letters with a reason.
  init(_ calls: [Call], _ evidence: Evidence) {
    accepted = calls.count
    let runs = Dictionary(grouping: evidence.runs, by: \.id)
    for call in calls {
      judge(call, runs[call.id] ?? [], evidence)
    }
    for (place, count) in evidence.waiting.sorted(by: { $0.key < $1.key }) {
      breach(.stuck, "\(count) left in \(place)")
    }
    let known = Set(calls.map(\.id))
    for id in runs.keys where !known.contains(id) { breach(.stuck, "\(id) was run unasked") }
  }

  private mutating func breach(_ kind: Breach.Kind, _ text: String) {
    broken.append(Breach(kind: kind, description: text))
  }

  private mutating func judge(_ call: Call, _ runs: [RunRecord], _ evidence: Evidence) {
    if call.acceptance == .unknown, runs.isEmpty, evidence.states[call.id] == nil,
      evidence.buried[call.id] == nil
    {
      return
    }
    let isDead = { (record: RunRecord) in evidence.dead.contains(record.pid) }
    let starts = runs.filter { $0.kind == .start }
    let ends = runs.filter { $0.kind == .end }
    for (attempt, starts) in Dictionary(grouping: starts, by: \.attempt) {
      let lasting = starts.filter { !isDead($0) }
      if lasting.count > 1 {
        breach(.repeated, "\(call.id) #\(attempt) was run \(lasting.count) times by living workers")
      }
      if let end = ends.first(where: { $0.attempt == attempt && !isDead($0) }),
        starts.contains(where: { $0.time > end.time })
      {
        breach(.repeated, "\(call.id) #\(attempt) was run again after its end")
      }
      if !call.attempts.contains(attempt) { breach(.wrong, "\(call.id) had attempt \(attempt)") }
    }
    if starts.count > Set(starts.map(\.attempt)).count { repeated += 1 }
    if let eta = call.eta, let first = starts.map(\.time).min(), first < eta {
      breach(.wrong, "\(call.id) started \(eta - first) µs early")
    }
    judge(call, outcome: evidence.states[call.id], starts, evidence)
  }

  private mutating func judge(
    _ call: Call, outcome: String?, _ starts: [RunRecord], _ evidence: Evidence
  ) {
    let crashes = starts.count { evidence.dead.contains($0.pid) }
    if let reason = evidence.buried[call.id] {
      buried += 1
      // The first of three may have found it waiting for its turn.
      guard call.kind != .reject, crashes < 2 else { return }
      breach(.wrong, "\(call.id) was buried after \(crashes) crashes: \(reason)")
      return
    }
    switch (call.kind, outcome) {
    case (.fail, "FAILURE"), (.run, "SUCCESS"), (.retry, "SUCCESS"), (.early, "SUCCESS"),
      (.burn, "SUCCESS"):
      done += 1
      let attempts = Set(starts.map(\.attempt))
      for attempt in call.attempts where !attempts.contains(attempt) {
        breach(.wrong, "\(call.id) is done, and attempt \(attempt) was never run")
      }
    // Acknowledged, and its worker died before it had a result, or even a start.
    case (.early, nil) where !evidence.dead.isEmpty && starts.count == crashes: spent += 1
    case (_, nil): breach(.lost, "\(call.id) is lost; runs: \(starts.count)")
    case (_, let state?): breach(.wrong, "\(call.id) ended as \(state)")
    }
  }

  /// One line for a log.
  var figure: String {
    "\(accepted) accepted: \(done) done (\(repeated) of them again, for their worker died), "
      + "\(buried) buried, \(spent) spent, \(broken.count) promises broken"
  }
}
