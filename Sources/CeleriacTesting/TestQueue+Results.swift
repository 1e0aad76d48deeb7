public import CeleriacCore

extension TestQueue {
  /// The states that a call has had, in order; those that were overwritten as well.
  ///
  /// A call that has not run has had none.
  public func states(of id: TaskID) -> [TaskState] {
    results.writes(of: id).map(\.state)
  }

  /// All the progress that a call has reported, in order.
  ///
  /// - Throws: `DecodingError` when the task has reported something of another type.
  public func progress<Progress: Decodable>(
    of id: TaskID, as type: Progress.Type = Progress.self
  ) throws -> [Progress] {
    try results.writes(of: id).filter { $0.state == .progress }.map { write in
      let record = try ResultRecord(write.bytes)
      return try WireCoding.decode(type, from: record.bytes, in: record.value)
    }
  }
}
