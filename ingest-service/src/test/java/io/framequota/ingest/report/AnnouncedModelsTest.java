package io.framequota.ingest.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.framequota.contract.control.ModelCard;
import io.framequota.contract.control.UnusableModel;
import io.framequota.ingest.failure.RejectedRequestException;
import io.framequota.ingest.store.ModelStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AnnouncedModelsTest {
    private final List<ModelCard> saved = new ArrayList<>();
    private final AnnouncedModels models = new AnnouncedModels(new ModelStore() {
        @Override
        public void save(ModelCard card) {
            saved.add(card);
        }

        @Override
        public List<ModelCard> all() {
            return List.of(card("kept"));
        }
    });

    private static ModelCard card(String name) {
        return ModelCard.newBuilder().setName(name).build();
    }

    private static UnusableModel unusable(String name, String reason) {
        return UnusableModel.newBuilder().setName(name).setReason(reason).build();
    }

    @Test
    void theMessageGivesTheReasonWhyAModelCannotBeUsed() {
        models.announce("w0", List.of(card("people")), List.of(unusable("typo", "framequota.postprocess is 'yolx'")));

        assertThatThrownBy(() -> models.get("typo"))
                .isInstanceOf(RejectedRequestException.class)
                .hasMessage("model \"typo\" cannot be used: framequota.postprocess is 'yolx'");
        assertThatThrownBy(() -> models.get("nothing"))
                .hasMessage("no model \"nothing\"; known models are kept, people");
        assertThat(models.usable()).extracting(ModelCard::getName).containsExactly("kept", "people");
        assertThat(models.unusable())
                .containsExactly(new AnnouncedModels.Unusable("typo", "framequota.postprocess is 'yolx'"));
    }

    @Test
    void aStoredModelThatBecameUnusableIsRejected() {
        models.announce("w0", List.of(), List.of(unusable("kept", "model.onnx cannot be loaded")));

        assertThatThrownBy(() -> models.get("kept")).hasMessageContaining("model.onnx cannot be loaded");
        assertThat(models.usable()).isEmpty();
    }

    @Test
    void aModelIsUsableWhenOneWorkerCanUseIt() {
        models.announce("w0", List.of(), List.of(unusable("m", "not loaded")));
        models.announce("w1", List.of(card("m")), List.of());

        assertThat(models.get("m").getName()).isEqualTo("m");
        assertThat(models.unusable()).isEmpty();
    }

    @Test
    void announcementsOfDeadWorkersAreForgottenAndRepairedModelsAreUsable() {
        models.announce("w0", List.of(), List.of(unusable("kept", "broken"), unusable("m", "broken")));
        models.retainWorkers(Set.of());
        assertThat(models.get("kept").getName()).isEqualTo("kept");

        models.announce("w0", List.of(card("m")), List.of());
        assertThat(models.get("m").getName()).isEqualTo("m");
        assertThat(saved).containsExactly(card("m"));
    }
}
