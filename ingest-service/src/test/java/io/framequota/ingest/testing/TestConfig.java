package io.framequota.ingest.testing;

import io.framequota.ingest.config.IngestConfig;
import io.smallrye.config.SmallRyeConfigBuilder;

/** The settings of this service for unit tests: the defaults. */
public final class TestConfig {
    private TestConfig() {}

    /** Settings without any environment variable set. */
    public static IngestConfig defaults() {
        return new SmallRyeConfigBuilder()
                .addDiscoveredConverters()
                .withMapping(IngestConfig.class)
                .withDefaultValue("framequota.control-token", "a-token-of-this-test")
                .build()
                .getConfigMapping(IngestConfig.class);
    }
}
