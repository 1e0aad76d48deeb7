// swift-tools-version: 6.2
import PackageDescription

// A package of its own, so that a web server is nobody else's dependency.
let package = Package(
  name: "endpoint",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(name: "celeriac", path: "../.."),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.5.0"),
  ],
  targets: [
    .executableTarget(
      name: "endpoint",
      dependencies: [
        .product(name: "CeleriacCore", package: "celeriac"),
        .product(name: "CeleriacRedis", package: "celeriac"),
        .product(name: "Hummingbird", package: "hummingbird"),
      ])
  ]
)
