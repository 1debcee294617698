package io.framequota.lab.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import io.framequota.lab.experiment.ActuatorKind;
import io.framequota.lab.experiment.Experiment;
import io.framequota.lab.experiment.ExperimentBackend;
import io.framequota.lab.experiment.InvalidExperimentException;
import io.framequota.lab.experiment.RequestKind;
import io.framequota.lab.experiment.ServingComparison;
import io.framequota.lab.experiment.ServingMode;
import io.framequota.lab.experiment.SimulationSettings;
import io.framequota.lab.experiment.VideoWorkload;
import io.framequota.scheduler.policy.ConfiguredPolicy;
import io.framequota.scheduler.policy.Speedup;
import io.framequota.scheduler.simulator.Arrival;
import io.framequota.scheduler.simulator.SimulatedStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExperimentFileTest {
    private static final String WHOLE = """
            name: all of it
            description: every field
            seed: 7
            cores: 4
            budget: 3000
            scale: { local: 0.5, kubernetes: 0.25 }
            actuator: [quota, weight]
            workload:
              poisson: { rate: 0.8, sizes: { pareto: { alpha: 1.5, min: 0.3 } }, count: 50 }
            speedup: { amdahl: 0.8 }
            simulate: { quota: staircase, grid: 10m, park_milli: 10, handover_ms: 2, period_ms: 50, chunk_s: 0.1 }
            policies:
              - one-core-per-request
              - fair-split
              - { name: one-at-a-time, order: shortest-first }
            tolerance: 0.1
            """;
    private static final String LEAST = """
            name: least
            cores: 2
            workload: { batch: { sizes: [1, 2] } }
            policies: [divide-and-conquer]
            """;

    private static final String SERVING = """
            name: serving
            cores: 2
            workload: { kind: waiting, batch: { size: 1, count: 10 } }
            serving: [virtual-threads, { name: daemons, workers: [2, 4] }, { name: processes }]
            """;

    @TempDir
    private Path folder;

    @Test
    void readsEveryField() throws IOException {
        Experiment read = only(WHOLE);

        assertThat(read.name()).isEqualTo("all of it");
        assertThat(read.seed()).isEqualTo(7);
        assertThat(read.budget()).isEqualTo(3000);
        assertThat(read.scaleOn(ExperimentBackend.LOCAL)).isEqualTo(0.5);
        assertThat(read.scaleOn(ExperimentBackend.SIMULATOR)).isEqualTo(1);
        assertThat(read.actuators()).containsExactly(ActuatorKind.QUOTA, ActuatorKind.WEIGHT);
        assertThat(read.workload().count()).isEqualTo(50);
        assertThat(read.speedup()).isEqualTo(new Speedup.Amdahl(0.8));
        assertThat(read.simulation()).isEqualTo(new SimulationSettings(true, 10, 10, 2, 50, 0.1));
        assertThat(read.tolerance()).isEqualTo(0.1);
    }

    @Test
    void readsStreamsBesideJobs() throws IOException {
        Experiment read = only(
                LEAST.replace(
                        "[1, 2] }",
                        "[1, 2] }, streams: [{ fps: 10, cost_ms: 50 }, { fps: 25, every: 5, cost_ms: 8.5, from_s: 1, to_s: 2 }]"));

        assertThat(read.workload().streams())
                .containsExactly(
                        new SimulatedStream(10, 1, 50, 0, Double.POSITIVE_INFINITY),
                        new SimulatedStream(25, 5, 8.5, 1, 2));
        assertThat(read.workload().count()).isEqualTo(2);
        assertThat(read.workloadText())
                .isEqualTo(
                        "batch: sizes [1, 2]; beside streams: cost_ms 50, fps 10; cost_ms 8.5, every 5, fps 25, from_s 1,"
                                + " to_s 2");
        assertThat(read.workload()
                        .first(1)
                        .resized(a -> 2)
                        .labelled(Map.of("a", "b"))
                        .streams())
                .hasSize(2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{ fps: 10 } | cost_ms",
                "{ fps: 0, cost_ms: 5 } | fps",
                "{ fps: 10, cost_ms: 5, every: 0 } | every",
                "{ fps: 10, cost_ms: 5, form_s: 1 } | there is no such field",
                "{ fps: 10, cost_ms: 5, from_s: 2, to_s: 2 } | it is not after from_s",
            })
    void refusesAStreamThatMeansNothing(String stream, String said) {
        String file = LEAST.replace("[1, 2] }", "[1, 2] }, streams: [" + stream + "]");

        assertThatThrownBy(() -> read(file))
                .isInstanceOf(InvalidExperimentException.class)
                .hasMessageStartingWith("x.yaml:3: workload.streams")
                .hasMessageContaining(said);
    }

    @Test
    void streamsAreForPoliciesInTheSimulator() {
        assertThatThrownBy(() -> read(SERVING.replace("count: 10 }", "count: 10 }, streams: [{ fps: 1, cost_ms: 1 }]")))
                .hasMessageContaining("streams together with policies");
        assertThatThrownBy(() -> read(LEAST.replace(
                        "batch: { sizes: [1, 2] }",
                        "videos: { sources: [sample:walkers] }, streams: [{ fps: 1, cost_ms: 1 }]")))
                .hasMessageContaining("allowed: batch, poisson, trace");
    }

    @Test
    void replacesAliasesByCanonicalPolicyNames() throws IOException {
        assertThat(only(WHOLE).policies())
                .extracting(ConfiguredPolicy::name, ConfiguredPolicy::parameters)
                .containsExactly(
                        tuple("one-core-per-request", Map.of()),
                        tuple("divide-and-conquer", Map.of()),
                        tuple("one-request-at-a-time", Map.of("order", "shortest-first")));
    }

    @Test
    void appliesDefaultsToMissingFields() throws IOException {
        Experiment read = only(LEAST);

        assertThat(read.seed()).isEqualTo(1);
        assertThat(read.budget()).isEqualTo(2000);
        assertThat(read.actuators()).containsExactly(ActuatorKind.QUOTA);
        assertThat(read.speedup()).isEqualTo(Speedup.LINEAR);
        assertThat(read.simulation()).isEqualTo(SimulationSettings.DEFAULT);
        assertThat(read.tolerance()).isEqualTo(0.05);
        assertThat(read.variant()).isEmpty();
    }

    @Test
    void passesThePowerSpeedupToHesrpt() throws IOException {
        Experiment read = only(LEAST.replace("[divide-and-conquer]", "[hesrpt]") + "speedup: { power: 0.5 }\n");

        assertThat(read.policies().getFirst().parameters()).containsEntry("p", "0.5");
    }

    @Test
    void readsSizeAndCount() throws IOException {
        Experiment read = only(LEAST.replace("sizes: [1, 2]", "size: 0.5, count: 3"));

        assertThat(read.workload().arrivals(1)).extracting(Arrival::sizeS).containsExactly(0.5, 0.5, 0.5);
        assertThatThrownBy(() -> read(LEAST.replace("sizes: [1, 2]", "sizes: [1], size: 0.5, count: 3")))
                .hasMessageContaining("both sizes and count are given");
    }

    @Test
    void readsLabelsOfBatchGroups() throws IOException {
        Experiment read = only(LEAST.replace(
                "{ batch: { sizes: [1, 2] } }",
                "{ batch: [{ sizes: [1, 2], labels: { tenant: a, weight: 2 } }, { size: 3, count: 1 }] }"));

        assertThat(read.workload().arrivals(1))
                .extracting(Arrival::id, Arrival::sizeS, Arrival::labels)
                .containsExactly(
                        tuple(1L, 1.0, Map.of("tenant", "a", "weight", "2")),
                        tuple(2L, 2.0, Map.of("tenant", "a", "weight", "2")),
                        tuple(3L, 3.0, Map.of()));
        assertThat(read.workloadText()).isEqualTo("batch: labels tenant a, weight 2, sizes [1, 2]; count 1, size 3");
    }

    @Test
    void readsLabelsOfPoissonGroups() throws IOException {
        Experiment read = only(LEAST.replace("{ batch: { sizes: [1, 2] } }", """
                { poisson: [{ rate: 3, sizes: { constant: 1 }, count: 30, labels: { tenant: a } },
                            { rate: 1, sizes: { constant: 1 }, count: 10, labels: { tenant: b, deadline: 5 } }] }"""));

        assertThat(read.workload().arrivals(1))
                .hasSize(40)
                .filteredOn(j -> j.labels().equals(Map.of("tenant", "b", "deadline", "5")))
                .hasSize(10);
    }

    @Test
    void readsFurtherTraceColumnsAsLabels() throws IOException {
        Files.writeString(folder.resolve("a.csv"), "arrival_s,size_cpu_s,tenant,weight\n0,1,a,\n1,2,b,3\n");
        String trace = LEAST.replace("{ batch: { sizes: [1, 2] } }", "{ trace: { file: a.csv } }");

        assertThat(only(trace).workload().arrivals(1))
                .extracting(Arrival::labels)
                .containsExactly(Map.of("tenant", "a"), Map.of("tenant", "b", "weight", "3"));
        Files.writeString(folder.resolve("a.csv"), "arrival_s,size_cpu_s,tenant,weight\n0,1,a,\n1,2,b,heavy\n");
        assertThatThrownBy(() -> only(trace))
                .hasMessageStartingWith("a.csv:3: arrival_s,size_cpu_s,tenant,weight: '1,2,b,heavy' is not an arrival");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            batch: { sizes: [1], labels: a }              | x.yaml:3: workload.batch.labels: 'a' has no fields; allowed: { tenant: a, weight: 2 }
            batch: { sizes: [1], labels: { weight: big } } | x.yaml:3: workload.batch.labels.weight: cannot be 'big'; allowed: a number above 0
            batch: [{ sizes: [1] }, { sizes: [1], labels: { deadline: 0 } }] | x.yaml:3: workload.batch[1].labels.deadline: cannot be '0'; allowed: a number above 0
            batch: []                                     | x.yaml:3: workload.batch: the list is empty; allowed: at least one value
            poisson: { rate: 1, sizes: { constant: 1 }, count: 10000001 } | x.yaml:3: workload.poisson.count: cannot be '10000001'; allowed: a whole number from 1 to 10000000
            poisson: [{ rate: 1, sizes: { constant: 1 }, count: 10000000 }, { rate: 1, sizes: { constant: 1 }, count: 1 }] | x.yaml:3: workload.poisson: its groups have more than 10000000 jobs
            """)
    void reportsErrorsInJobGroups(String workload, String start) {
        assertThatThrownBy(() -> read(LEAST.replace("batch: { sizes: [1, 2] }", workload)))
                .isInstanceOf(InvalidExperimentException.class)
                .satisfies(e -> assertThat(e.getMessage()).startsWith(start).doesNotContain("\n"));
    }

    @Test
    void readsATraceBesideTheFile() throws IOException {
        Files.writeString(folder.resolve("arrivals.csv"), "arrival_s,size_cpu_s\n0.5,2\n0,1.5\n");
        Experiment read = only(LEAST.replace("{ batch: { sizes: [1, 2] } }", "{ trace: { file: arrivals.csv } }"));

        assertThat(read.workload().arrivals(1)).extracting(Arrival::sizeS).containsExactly(1.5, 2.0);
    }

    @Test
    void repeatsVideosAndDispatchesThemByDefault() throws IOException {
        Experiment read =
                only(videos("sources: [a.mp4, sample:walkers], count: 3, sizes: [1, 2], arrivals: [0, 4, 2]"));
        VideoWorkload videos = VideoWorkload.of(read).orElseThrow();

        assertThat(read.actuators()).containsExactly(ActuatorKind.DISPATCH);
        assertThat(videos.requests())
                .extracting(VideoWorkload.Named::text)
                .containsExactly("a.mp4", "sample:walkers", "a.mp4");
        assertThat(videos.requests().getFirst().path()).isEqualTo(folder.resolve("a.mp4"));
        assertThat(videos.model().text()).isEqualTo("people");
        assertThat(videos.arrivals(1))
                .extracting(Arrival::id, Arrival::arrivalS, Arrival::sizeS)
                .containsExactly(tuple(1L, 0.0, 1.0), tuple(3L, 2.0, 1.0), tuple(2L, 4.0, 2.0));
        assertThat(read.workloadText()).contains("count 3", "sample:walkers");
    }

    @Test
    void drawsRandomArrivalsOfVideosAndReadsEveryForEachSource() throws IOException {
        VideoWorkload videos = VideoWorkload.of(
                        only(videos("sources: [a.mp4, b.mp4], every: [1, 4], count: 100, rate: 0.5, sizes: [2, 1]")))
                .orElseThrow();
        VideoWorkload drawn = videos.drawn(7);

        assertThat(drawn).isEqualTo(videos.drawn(7)).isNotEqualTo(videos.drawn(8));
        assertThat(drawn.requests()).containsExactlyInAnyOrderElementsOf(videos.requests());
        assertThat(drawn.arrivals()).isSorted();
        assertThat(drawn.arrivals().getLast() / 100).isBetween(1.4, 2.8);
        for (int i = 0; i < drawn.count(); i++) {
            boolean a = drawn.requests().get(i).text().equals("a.mp4");
            assertThat(drawn.every().get(i)).isEqualTo(a ? 1 : 4);
            assertThat(drawn.sizes().get(i)).isEqualTo(a ? 2.0 : 1.0);
        }
        assertThatThrownBy(() -> only(videos("sources: [a.mp4], rate: 1, arrivals: [0]")))
                .hasMessageContaining("workload.videos.rate");
        assertThatThrownBy(() -> only(videos("sources: [a.mp4, b.mp4], every: [1]")))
                .hasMessageContaining("workload.videos.every");
    }

    @Test
    void readsVideosWithoutSizes() throws IOException {
        VideoWorkload videos = VideoWorkload.of(
                        only(videos("sources: [a.mp4], model: cats, model_repository: models, every: 5")))
                .orElseThrow();

        assertThat(videos.sized()).isFalse();
        assertThat(videos.count()).isEqualTo(1);
        assertThat(videos.every()).containsOnly(5);
        assertThat(videos.repository().orElseThrow().path()).isEqualTo(folder.resolve("models"));
        assertThat(videos.arrivals()).containsExactly(0.0);
        assertThat(VideoWorkload.of(only(LEAST))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            model: people                       | x.yaml:3: workload.videos: the field sources is missing
            sources: []                         | x.yaml:3: workload.videos.sources: the list is empty; allowed: at least one value: Video files beside
            sources: [a.mp4], count: 0          | x.yaml:3: workload.videos.count: cannot be '0'; allowed: a whole number from 1 to 1000
            sources: [a.mp4], every: 0          | x.yaml:3: workload.videos.every: cannot be '0'; allowed: a whole number of at least 1
            sources: [a.mp4], modle: people     | x.yaml:3: workload.videos.modle: there is no such field; allowed: sources, model, model_repository
            sources: [a.mp4], count: 2, arrivals: [0] | x.yaml:3: workload.videos.arrivals: it has 1 numbers, not 2
            sources: [a.mp4], arrivals: [-1]    | x.yaml:3: workload.videos.arrivals[0]: cannot be '-1'; allowed: a number of at least 0
            sources: [a.mp4], count: 2, sizes: [1, 2] | x.yaml:3: workload.videos.sizes: it has 2 numbers, not 1
            """)
    void reportsErrorsInVideos(String fields, String start) {
        assertThatThrownBy(() -> read(videos(fields)))
                .isInstanceOf(InvalidExperimentException.class)
                .satisfies(e -> assertThat(e.getMessage()).startsWith(start).doesNotContain("\n"));
    }

    private static String videos(String fields) {
        return LEAST.replace("{ batch: { sizes: [1, 2] } }", "{ videos: { " + fields + " } }");
    }

    @Test
    void readsOneExperimentForEachSweptValue() throws IOException {
        List<Experiment> read =
                read(LEAST + "speedup: { amdahl: 0.5 }\nsweep: { field: speedup.amdahl, values: [0.7, 0.9] }\n");

        assertThat(read)
                .extracting(Experiment::speedup)
                .containsExactly(new Speedup.Amdahl(0.7), new Speedup.Amdahl(0.9));
        assertThat(read.getLast().variant()).contains(new Experiment.Variant("speedup.amdahl", "0.9"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            cores: 2        | colour: red                     | x.yaml:2: colour: there is no such field; allowed: name, description, seed
            cores: 2        | cores: two                      | x.yaml:2: cores: cannot be 'two'; allowed: a whole number from 1 to 4096
            cores: 2        | cores: 2.5                      | x.yaml:2: cores: cannot be '2.5'; allowed: a whole number
            cores: 2        | cores: [2]                      | x.yaml:2: cores: cannot be a list; allowed: a whole number
            sizes: [1, 2]   | sizes: [1, -2]                  | x.yaml:3: workload.batch.sizes[1]: cannot be '-2'; allowed: a number above 0
            sizes: [1, 2]   | sizes: []                       | x.yaml:3: workload.batch.sizes: the list is empty; allowed: at least one value: CPU seconds at one core
            sizes: [1, 2]   | sise: [1]                       | x.yaml:3: workload.batch.sise: there is no such field; allowed: sizes, size, count
            batch           | bunch                           | x.yaml:3: workload.bunch: there is no such field; allowed: batch, poisson, trace, videos, kind
            divide-and-conquer | nobody-first                 | x.yaml:4: policies[0]: no policy 'nobody-first'; allowed: there are one-core-per-request
            divide-and-conquer | { name: gang }, { width: 2 } | x.yaml:4: policies[1]: the field name is missing
            """)
    void reportsFileLineFieldAndAllowedValuesInOneLine(String good, String bad, String start) {
        String text = LEAST.replace(good, bad);

        assertThatThrownBy(() -> read(text))
                .isInstanceOf(InvalidExperimentException.class)
                .satisfies(e -> assertThat(e.getMessage()).startsWith(start).doesNotContain("\n"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            actuator: magic             | x.yaml:5: actuator: cannot be 'magic'; allowed: quota, dispatch, weight
            scale: { moon: 1 }          | x.yaml:5: scale.moon: there is no such field; allowed: local, kubernetes
            speedup: fast               | x.yaml:5: speedup: cannot be 'fast'; allowed: linear, { capped: 1 }
            speedup: { amdahl: 2 }      | x.yaml:5: speedup.amdahl: cannot be '2'; allowed: a number from 0 to 1
            simulate: { grid: 5m }      | x.yaml:5: simulate.grid: cannot be '5m'; allowed: exact, 10m
            cores: 3                    | x.yaml:5: cores: the field is given twice; allowed: each field once
            tolerance: -1               | x.yaml:5: tolerance: cannot be '-1'; allowed: a number of at least 0
            sweep: { field: a, values: [1] } | x.yaml:5: sweep.field: the file has no field 'a'
            """)
    void reportsErrorsInOptionalFields(String line, String start) {
        assertThatThrownBy(() -> read(LEAST + line + "\n"))
                .isInstanceOf(InvalidExperimentException.class)
                .satisfies(e -> assertThat(e.getMessage()).startsWith(start).doesNotContain("\n"));
    }

    @Test
    void refusesAliasesThatStandForMillionsOfValues() {
        StringBuilder bomb = new StringBuilder("a0: &a0 " + Collections.nCopies(100, 1) + "\n");
        for (int i = 1; i <= 6; i++) {
            bomb.append("a").append(i).append(": &a").append(i).append(" [");
            bomb.append(String.join(", ", Collections.nCopies(8, "*a" + (i - 1))))
                    .append("]\n");
        }

        assertThatThrownBy(() -> read(LEAST + bomb))
                .isInstanceOf(InvalidExperimentException.class)
                .hasMessageContaining("the file stands for more than 1000000 values");
    }

    @Test
    void readsServingModesInPlaceOfPolicies() throws IOException {
        ServingComparison serving = only(SERVING).serving().orElseThrow();

        assertThat(serving.kind()).isEqualTo(RequestKind.WAITING);
        assertThat(serving.modes())
                .containsExactly(
                        new ServingMode.OneServer(ServingMode.ExecutionModel.VIRTUAL),
                        new ServingMode.Daemons(2),
                        new ServingMode.Daemons(4),
                        new ServingMode.OneServer(ServingMode.ExecutionModel.PROCESS));
        assertThat(only(SERVING).policies()).isEmpty();
        assertThat(only(SERVING.replace("kind: waiting, ", ""))
                        .serving()
                        .orElseThrow()
                        .kind())
                .isEqualTo(RequestKind.COMPUTING);
        assertThat(only(LEAST).serving()).isEmpty();
    }

    @Test
    void readsOneServingModeForEachCombinationOfListedParameters() throws IOException {
        String pools = SERVING.replace("kind: waiting, ", "")
                .replaceAll(
                        "serving: .*", "serving: [{ name: pool, quota: 500, threads: [1, 4], spin: [false, true] }]");

        assertThat(only(pools).serving().orElseThrow().modes())
                .containsExactly(
                        new ServingMode.Pool(500, 1, false, 2),
                        new ServingMode.Pool(500, 1, true, 2),
                        new ServingMode.Pool(500, 4, false, 2),
                        new ServingMode.Pool(500, 4, true, 2));
        assertThat(only(pools + "speedup: { amdahl: 0.9 }\n").speedup()).isEqualTo(new Speedup.Amdahl(0.9));
        assertThatThrownBy(() -> read(pools + "speedup: { power: 0.9 }\n"))
                .hasMessageStartingWith("x.yaml:5: speedup: a pool has a serial and a parallel part; allowed: linear");
    }

    @Test
    void sweepsAFieldInEveryListElementThatHasIt() throws IOException {
        List<Experiment> read =
                read(SERVING.replace("[2, 4]", "2") + "sweep: { field: serving.workers, values: [3, 5] }\n");

        assertThat(read)
                .extracting(e -> e.serving().orElseThrow().modes().get(1))
                .containsExactly(new ServingMode.Daemons(3), new ServingMode.Daemons(5));
        assertThatThrownBy(() -> read(SERVING + "sweep: { field: serving.threads, values: [3] }\n"))
                .hasMessageContaining("sweep.field: the file has no field 'serving.threads'");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            kind: waiting        | kind: sleeping     | x.yaml:3: workload.kind: cannot be 'sleeping'; allowed: computing, waiting
            virtual-threads      | threads            | x.yaml:4: serving[0]: cannot be 'threads'; allowed: sequential, virtual-threads, platform-threads, processes, daemons, pool, containers
            name: daemons        | nome: daemons      | x.yaml:4: serving[1]: the field name is missing
            name: daemons, workers: [2, 4] | name: pool, quota: 5, threads: 1, spin: true | x.yaml:4: serving[1].quota: cannot be '5'; allowed: a whole number from 10 to
            name: daemons, workers: [2, 4] | name: pool, quota: 50, threads: 65, spin: true | x.yaml:4: serving[1].threads: cannot be '65'; allowed: a whole number from 1 to 64
            name: daemons, workers: [2, 4] | name: pool, quota: 50, threads: 1, spin: 1 | x.yaml:4: serving[1].spin: cannot be '1'; allowed: true, false
            name: daemons, workers: [2, 4] | name: pool, quota: 50, threads: 1 | x.yaml:4: serving[1]: the field spin is missing
            name: daemons, workers: [2, 4] | name: pool, quota: 50, threads: 1, spin: true, piece_ms: 0 | x.yaml:4: serving[1].piece_ms: cannot be '0'; allowed: a number of at least 1
            name: daemons, workers: [2, 4] | name: pool, quota: 50, threads: 1, spin: true | x.yaml:3: workload: waiting requests need no quota; allowed: kind: computing
            name: daemons, workers: [2, 4] | name: containers, total: 0 | x.yaml:4: serving[1].total: cannot be '0'; allowed: a number above 0
            name: daemons, workers: [2, 4] | name: containers, total: 1, period_ms: 1001 | x.yaml:4: serving[1].period_ms: cannot be '1001'; allowed: a whole number from 1 to 1000
            [2, 4]               | [2, 257]           | x.yaml:4: serving[1].workers[1]: cannot be '257'; allowed: a whole number from 1 to 256
            workers: [2, 4]      | threads: 2         | x.yaml:4: serving[1].threads: there is no such field; allowed: name, workers
            batch: { size: 1, count: 10 } | videos: { sources: [a.mp4] } | x.yaml:3: workload: videos are for policies; allowed: batch, poisson, trace
            count: 10            | count: 10001       | x.yaml:3: workload: 10001 requests are too many to serve; allowed: up to 10000
            serving: [           | policies: [las] # [ | x.yaml:3: workload: kind is for ways of serving
            """)
    void reportsErrorsInServing(String good, String bad, String start) {
        String text = SERVING.replace(good, bad);

        assertThatThrownBy(() -> read(text))
                .isInstanceOf(InvalidExperimentException.class)
                .satisfies(e -> assertThat(e.getMessage()).startsWith(start).doesNotContain("\n"));
    }

    @Test
    void allowsAtMost256Containers() {
        String many = SERVING.replace("kind: waiting, ", "")
                .replace("count: 10", "count: 257")
                .replaceAll("serving: .*", "serving: [{ name: containers, total: 1 }]");

        assertThatThrownBy(() -> read(many))
                .hasMessage("x.yaml:3: workload: 257 requests are too many for a container each; allowed: up to 256");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            policies: [las]          | x.yaml:1: it has 2 of these fields; allowed: exactly one of policies, serving
            actuator: quota          | x.yaml:5: actuator: the field is for policies; allowed: serving without actuator
            scale: { local: 0.5 }    | x.yaml:5: scale: the field is for policies
            budget: 1000             | x.yaml:5: budget: the field is for policies
            speedup: linear          | x.yaml:5: speedup: the field is for policies
            """)
    void rejectsPolicyFieldsTogetherWithServing(String line, String start) {
        assertThatThrownBy(() -> read(SERVING + line + "\n"))
                .isInstanceOf(InvalidExperimentException.class)
                .satisfies(e -> assertThat(e.getMessage()).startsWith(start).doesNotContain("\n"));
    }

    @Test
    void reportsTheLineOfInvalidYaml() {
        assertThatThrownBy(() -> read("name: x\ncores: [1\n"))
                .isInstanceOf(InvalidExperimentException.class)
                .hasMessageStartingWith("x.yaml:")
                .hasMessageContaining("not YAML");
        assertThatThrownBy(() -> read("")).hasMessageContaining("the file is empty");
    }

    @Test
    void reportsAMissingField() {
        assertThatThrownBy(() -> read("cores: 2\nname: x\npolicies: [las]\n"))
                .hasMessage(
                        "x.yaml:1: the field workload is missing; allowed: a mapping with batch, poisson, trace, videos, kind, streams");
    }

    @Test
    void reportsTheLineOfAnInvalidArrival() throws IOException {
        Files.writeString(folder.resolve("arrivals.csv"), "arrival_s,size_cpu_s\n0,1\n1,zero\n");

        assertThatThrownBy(
                        () -> read(LEAST.replace("{ batch: { sizes: [1, 2] } }", "{ trace: { file: arrivals.csv } }")))
                .hasMessageStartingWith("arrivals.csv:3: arrival_s,size_cpu_s: '1,zero' is not an arrival");
    }

    @Test
    void reportsAMissingFile() {
        assertThatThrownBy(() -> new ExperimentFile(folder.resolve("no.yaml"), "no.yaml").read())
                .hasMessageStartingWith("no.yaml: there is no such file");
    }

    @Test
    void resolvesAnchorsAndKeepsNumbersAsWritten() throws IOException {
        Experiment read = only(LEAST.replace("sizes: [1, 2]", "sizes: [&a 0.50, *a]"));

        assertThat(read.workload().arrivals(1)).extracting(Arrival::sizeS).containsExactly(0.5, 0.5);
        assertThat(read.workloadText()).isEqualTo("batch: sizes [0.50, 0.50]");
    }

    @Test
    void reportsAMisspeltFieldBeforeTheFieldThatIsMissingForIt() {
        assertThatThrownBy(() -> read("name: x\nworkload: { batch: { sizes: [1] } }\npolicies: [las]\ncroes: 2\n"))
                .hasMessageStartingWith("x.yaml:4: croes: there is no such field; allowed: name, description");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            batch: 7                                       | x.yaml:3: workload.batch: '7' has no fields; allowed: a mapping with sizes, size, count, labels
            batch: { size: 1 }                             | x.yaml:3: workload.batch: the field sizes is missing
            poisson: { rate: 1, sizes: { uniform: [1] }, count: 1 } | x.yaml:3: workload.poisson.sizes.uniform: the list has 1 values; allowed: 2 values: [a, b] with 0 <= a < b
            poisson: { rate: 1, sizes: { uniform: [2, 1] }, count: 1 } | x.yaml:3: workload.poisson.sizes.uniform[1]: it is not above the first
            poisson: { rate: 1, sizes: { constant: 1, uniform: [1, 2] }, count: 1 } | x.yaml:3: workload.poisson.sizes: it has 2 of these fields; allowed: exactly one of exponential, uniform
            trace: { file: none.csv }                      | x.yaml:3: workload.trace.file: there is no readable CSV file 'none.csv' beside the experiment
            """)
    void reportsErrorsInWorkloads(String workload, String start) {
        assertThatThrownBy(() -> read(LEAST.replace("batch: { sizes: [1, 2] }", workload)))
                .isInstanceOf(InvalidExperimentException.class)
                .satisfies(e -> assertThat(e.getMessage()).startsWith(start).doesNotContain("\n"));
    }

    @Test
    void rejectsATraceWithAnotherHeader() throws IOException {
        for (String header : List.of("", "size_cpu_s,arrival_s\n", "arrival_s\n")) {
            Files.writeString(folder.resolve("a.csv"), header);
            assertThatThrownBy(() -> read(LEAST.replace("{ batch: { sizes: [1, 2] } }", "{ trace: { file: a.csv } }")))
                    .hasMessageStartingWith("a.csv:1: the first line is not the header; allowed: arrival_s,size_cpu_s");
        }
    }

    private Experiment only(String text) throws IOException {
        List<Experiment> read = read(text);
        assertThat(read).hasSize(1);
        return read.getFirst();
    }

    private List<Experiment> read(String text) throws IOException {
        Path file = folder.resolve("x.yaml");
        Files.writeString(file, text);
        return new ExperimentFile(file, "x.yaml").read();
    }
}
