// What the folder says about itself.
extension Export {
  func readme(for target: Target) -> String {
    let kinds = services.map { service in
      "- `\(service.name)`: \(service.count) \(service.count == 1 ? "process" : "processes"),"
        + " `\(service.spec.command)`\n"
    }.joined()
    return """
      # \(app)

      Made by `supervise export \(target.rawValue)`. Change it as you like; the next export
      overwrites it only with `--force`.

      \(kinds)
      \(steps(for: target))
      ## Several machines

      Every machine runs workers on the same Redis: set its URL in `\(app).env`, and leave the
      process that is the server out everywhere but in one place. A beat of Celeriac's may run on all of
      them, since each due instant fires once; one is the default here.

      """
  }

  private func steps(for target: Target) -> String {
    switch target {
    case .systemd:
      """
      ## To install it

      The units start what lies in `\(options.directory)`; export again, or edit
      `WorkingDirectory=` and `ExecStart=`, if it lies elsewhere on the server.

          sudo install -d -m 700 /etc/\(app)
          sudo install -m 600 \(app).env /etc/\(app)/
          sudo cp *.service *.target /etc/systemd/system/
          sudo systemctl daemon-reload
          sudo systemctl enable --now \(app).target

      `systemctl restart \(app).target` replaces all of it after a deployment, `systemctl status
      '\(app)-*'` shows how it is, `journalctl -f -u '\(app)-*'` what it says. Of a kind with several
      processes the part after the `@` is the port; for one more, `systemctl enable --now` its unit
      with the next port and add it to `Wants=` in `\(app).target`. `Type=notify` is used where the
      Procfile says `ready=fd`: the program has to write `READY=1` to `NOTIFY_SOCKET`, as workers and
      beats of Celeriac's do.

      """
    case .compose:
      """
      ## To run it

          IMAGE=registry.example/\(app):1 docker compose up -d
          docker compose up -d --scale worker=4

      The image has to hold the programs where the Procfile has them, seen from its working directory,
      and `bash` where a port is waited for. A process that is a server of its own, such as
      `redis-server`, is better served by that server's image: replace its `image` and `command`.

      """
    case .kubernetes:
      """
      ## To run it

          kustomize edit set image \(app)=registry.example/\(app):1
          kubectl apply -k .

      The image has to hold the programs where the Procfile has them, seen from its working directory.
      `\(app).env` becomes a Secret. A process that is a server of its own, such as `redis-server`,
      is better served by that server's image or a managed one. Kubernetes has no dependencies: what
      comes `after` something else has to wait for it by itself, or is restarted until it is there.

      """
    }
  }
}
