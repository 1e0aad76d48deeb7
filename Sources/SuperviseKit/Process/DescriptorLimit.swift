import Glibc

/// How many files this process may have open.
///
/// It needs four for each process that runs, and the usual soft limit of 1024 is one for programs
/// that use `select`. So it takes what the hard limit grants; its processes get what it was given.
enum DescriptorLimit {
  /// More than this is never of use.
  private static let most: rlim_t = 1 << 16

  /// Raises the limit; what it was before, if that was less.
  static func raise() -> Surroundings.Limit? {
    var limit = rlimit()
    let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    guard getrlimit(resource, &limit) == 0 else { return nil }
    let before = limit
    limit.rlim_cur = min(limit.rlim_max, most)
    guard limit.rlim_cur > before.rlim_cur, setrlimit(resource, &limit) == 0 else { return nil }
    return .init(name: "nofile", soft: UInt(before.rlim_cur), hard: UInt(before.rlim_max))
  }
}

extension Surroundings {
  /// The same, with this limit where none of its name is given.
  func completed(by limit: Limit?) -> Surroundings {
    guard let limit, !limits.contains(where: { $0.name == limit.name }) else { return self }
    var result = self
    result.limits.append(limit)
    return result
  }
}
