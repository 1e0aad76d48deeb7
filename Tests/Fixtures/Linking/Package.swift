// swift-tools-version: 6.2
import PackageDescription

// Tasks as a user's package has them, to be linked in all ways that there are. They are written
// out, so that release builds need not build swift-syntax first.
let package = Package(
  name: "linking",
  dependencies: [.package(name: "celeriac", path: "../../..")],
  targets: [
    .target(
      name: "Linked", dependencies: [.product(name: "CeleriacCore", package: "celeriac")],
      swiftSettings: [.treatAllWarnings(as: .error)]),
    .executableTarget(
      name: "linking",
      dependencies: ["Linked", .product(name: "CeleriacCore", package: "celeriac")]),
    .executableTarget(
      name: "taskless", dependencies: [.product(name: "CeleriacCore", package: "celeriac")]),
  ]
)
