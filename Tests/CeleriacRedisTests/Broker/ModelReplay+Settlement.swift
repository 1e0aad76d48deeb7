import CeleriacCore
import DeliveryModel

@testable import CeleriacRedis

extension Settlement {
  /// The settlement that the model calls `ending`.
  init(_ held: ModelReplay.Held, _ ending: Ending) {
    let id = TaskID("\(held.message)")
    func result(_ state: TaskState, _ record: String) -> ResultWrite {
      ResultWrite(id: id, state: state, bytes: Array(record.utf8), expiry: .seconds(60))
    }
    let success = result(.success, #"{"status": "SUCCESS"}"#)
    let other = result(.failure, "other")
    switch ending {
    case .none, .success: self.init(held.loan, .acknowledge, result: success)
    case .early: self.init(held.loan, .acknowledge)
    case .requeue: self.init(held.loan, .requeue)
    case .schedule:
      let message = Message(bytes: held.bytes, queue: "q")
      let due = Timestamp(microsecondsSince1970: 1_000_000)
      self.init(held.loan, .schedule(message, due: due), result: other)
    case .bury: self.init(held.loan, .bury(reason: "because"), result: other)
    }
  }
}
