import Glibc

/// The user and the groups that a process runs as.
struct Account: Sendable, Equatable {
  var user: uid_t
  var group: gid_t
  var groups: [gid_t]
  /// What a login would set: HOME, USER, LOGNAME.
  var variables: [(String, String)] = []

  /// Looks a user and a group up.
  ///
  /// - Returns: nil where nothing is asked for.
  init?(_ surroundings: Surroundings) throws(OptionError) {
    guard surroundings.user != nil || surroundings.group != nil else { return nil }
    user = geteuid()
    group = getegid()
    groups = []
    if let name = surroundings.user { try setUser(name) }
    if let name = surroundings.group { try setGroup(name) }
    guard geteuid() == 0 || (user == geteuid() && group == getegid()) else {
      throw OptionError("only root can run a process as somebody else")
    }
  }

  /// Whether anything has to be changed, which only root may.
  var isOther: Bool { geteuid() == 0 }

  private mutating func setUser(_ name: String) throws(OptionError) {
    // Configuration is read on one thread, so the static results are not overwritten.
    let entry = getpwnam(name) ?? uid_t(name).flatMap { getpwuid($0) }
    guard let entry else {
      guard let number = uid_t(name) else { throw OptionError("there is no user '\(name)'") }
      user = number
      group = gid_t(number)
      groups = [group]
      return
    }
    user = entry.pointee.pw_uid
    group = entry.pointee.pw_gid
    let login = String(cString: entry.pointee.pw_name)
    variables = [
      ("HOME", String(cString: entry.pointee.pw_dir)), ("USER", login), ("LOGNAME", login),
    ]
    groups = Self.groups(of: login, first: group)
  }

  private mutating func setGroup(_ name: String) throws(OptionError) {
    guard let number = getgrnam(name).map(\.pointee.gr_gid) ?? gid_t(name) else {
      throw OptionError("there is no group '\(name)'")
    }
    group = number
    if !groups.contains(number) { groups.append(number) }
  }

  private static func groups(of login: String, first: gid_t) -> [gid_t] {
    var count: Int32 = 64
    while true {
      var list = [gid_t](repeating: 0, count: Int(count))
      let room = count
      if getgrouplist(login, first, &list, &count) >= 0 { return Array(list[..<Int(count)]) }
      guard count > room else { return [first] }
    }
  }

  static func == (left: Account, right: Account) -> Bool {
    left.user == right.user && left.group == right.group && left.groups == right.groups
  }
}
