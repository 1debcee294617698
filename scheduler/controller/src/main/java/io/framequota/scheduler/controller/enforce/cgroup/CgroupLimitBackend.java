package io.framequota.scheduler.controller.enforce.cgroup;

import io.framequota.scheduler.cgroup.DelegatedCgroups;
import io.framequota.scheduler.controller.enforce.LimitBackend;
import io.framequota.scheduler.controller.enforce.LimitsUnavailableException;
import io.framequota.scheduler.controller.enforce.WorkerLimits;
import io.framequota.scheduler.quota.Actuator;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Limits workers on this machine; {@code FRAMEQUOTA_CGROUPS} is the path of their control groups, or says why there are none. */
@ApplicationScoped
public class CgroupLimitBackend implements LimitBackend {
    private static final String NONE = "none:";
    private final Optional<String> place;

    @Inject
    CgroupLimitBackend(@ConfigProperty(name = "framequota.cgroups") Optional<String> place) {
        this.place = place;
    }

    @Override
    public boolean isConfigured() {
        return place.isPresent();
    }

    @Override
    public WorkerLimits open(Actuator actuator, WorkerLimits.Observer observer) {
        String where = place.orElse(NONE + " nobody created control groups");
        if (where.startsWith(NONE)) {
            throw new LimitsUnavailableException(where.substring(NONE.length()).strip(), false);
        }
        try {
            return new CgroupLimits(DelegatedCgroups.at(where), actuator);
        } catch (IllegalArgumentException e) {
            throw new LimitsUnavailableException("FRAMEQUOTA_CGROUPS " + e.getMessage(), false);
        }
    }
}
