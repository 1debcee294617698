package io.framequota.cli.serve;

import io.framequota.cli.terminal.Terminal;
import io.framequota.common.failure.Failure;
import io.framequota.common.text.FileNames;
import io.framequota.local.Installation;
import io.framequota.local.files.Folders;
import io.framequota.local.process.LogFiles;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Starts {@code fq up} in a new session, so that neither Ctrl-C nor the end of the terminal reaches it. */
final class DetachedStart {
    static int start(Terminal terminal, Installation installation, Path data, String down, List<String> arguments)
            throws IOException, InterruptedException {
        Path log = data.resolve("logs").resolve("fq.log");
        Folders.create(data);
        Folders.create(data.resolve("logs"));
        Folders.createPrivateFile(log);
        // The shell changes to the user's folder, whose name need not be UTF-8.
        List<String> command =
                new ArrayList<>(List.of("/bin/sh", "-c", "cd \"$FQ_FOLDER\" && exec setsid \"$@\"", "sh"));
        command.add(installation.root().resolve("fq").toString());
        arguments.forEach(a -> FileNames.requireText(FileNames.path(a), a));
        arguments.stream().filter(a -> !a.equals("--detach")).forEach(command::add);
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectError(log.toFile());
        builder.environment().put("FRAMEQUOTA_NO_BUILD", "1");
        Process process = builder.start();
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            String line = out.readLine();
            if (line != null) {
                terminal.print(line.replace("Ctrl-C stops it", down + " stops it"));
                return Failure.DONE;
            }
            int code = process.waitFor();
            LogFiles.tail(log, 3).forEach(l -> terminal.say(l.replaceFirst("^fq: ", "")));
            return code;
        }
    }

    private DetachedStart() {}
}
