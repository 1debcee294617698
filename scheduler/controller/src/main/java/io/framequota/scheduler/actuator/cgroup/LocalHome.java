package io.framequota.scheduler.actuator.cgroup;

import io.framequota.scheduler.actuator.Actuator;
import io.framequota.scheduler.actuator.Home;
import io.framequota.scheduler.actuator.Limits;
import io.framequota.scheduler.actuator.UnavailableException;
import io.framequota.scheduler.enforce.cgroup.GivenGroups;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** This machine: {@code FRAMEQUOTA_CGROUPS} says where the groups are, or why there are none. */
@ApplicationScoped
public class LocalHome implements Home {
    private static final String NONE = "none:";
    private final Optional<String> place;

    @Inject
    LocalHome(@ConfigProperty(name = "framequota.cgroups") Optional<String> place) {
        this.place = place;
    }

    @Override
    public boolean isConfigured() {
        return place.isPresent();
    }

    @Override
    public Limits open(Actuator actuator, Limits.Observer observer) {
        String where = place.orElse(NONE + " nobody made any");
        if (where.startsWith(NONE)) {
            throw new UnavailableException(where.substring(NONE.length()).strip(), false);
        }
        try {
            return new GroupLimits(GivenGroups.at(where), actuator);
        } catch (IllegalArgumentException e) {
            throw new UnavailableException("FRAMEQUOTA_CGROUPS " + e.getMessage(), false);
        }
    }
}
