package io.framequota.ingest.testing;

import java.util.HashMap;
import java.util.Map;

/** As {@link AccessProfile}, with limits for tenants and keys. */
public final class TenantLimitsProfile extends AccessProfile {
    @Override
    public Map<String, String> getConfigOverrides() {
        Map<String, String> config = new HashMap<>(super.getConfigOverrides());
        config.put("framequota.tenant-open-jobs", "2");
        config.put("framequota.tenant-upload-bytes", "40");
        config.put("framequota.key-requests-per-second", "10");
        return config;
    }
}
