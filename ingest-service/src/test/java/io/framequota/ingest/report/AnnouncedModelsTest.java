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
    private final List<ModelCard> kept = new ArrayList<>();
    private final AnnouncedModels models = new AnnouncedModels(new ModelStore() {
        @Override
        public void keep(ModelCard card) {
            kept.add(card);
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
    void theReasonWhyAModelCannotBeUsedIsInTheRefusal() {
        models.announced("w0", List.of(card("people")), List.of(unusable("typo", "framequota.postprocess is 'yolx'")));

        assertThatThrownBy(() -> models.find("typo"))
                .isInstanceOf(RejectedRequestException.class)
                .hasMessage("model \"typo\" cannot be used: framequota.postprocess is 'yolx'");
        assertThatThrownBy(() -> models.find("nothing"))
                .hasMessage("no model \"nothing\"; known models are kept, people");
        assertThat(models.all()).extracting(ModelCard::getName).containsExactly("kept", "people");
        assertThat(models.unusable())
                .containsExactly(new AnnouncedModels.Unusable("typo", "framequota.postprocess is 'yolx'"));
    }

    @Test
    void aModelThatBrokeSinceItWasKeptIsRefused() {
        models.announced("w0", List.of(), List.of(unusable("kept", "model.onnx cannot be loaded")));

        assertThatThrownBy(() -> models.find("kept")).hasMessageContaining("model.onnx cannot be loaded");
        assertThat(models.all()).isEmpty();
    }

    @Test
    void oneWorkerThatCanUseItIsEnough() {
        models.announced("w0", List.of(), List.of(unusable("m", "not loaded")));
        models.announced("w1", List.of(card("m")), List.of());

        assertThat(models.find("m").getName()).isEqualTo("m");
        assertThat(models.unusable()).isEmpty();
    }

    @Test
    void whatADeadWorkerSaidCountsNoMoreAndWhatIsMendedIsUsed() {
        models.announced("w0", List.of(), List.of(unusable("kept", "broken"), unusable("m", "broken")));
        models.alive(Set.of());
        assertThat(models.find("kept").getName()).isEqualTo("kept");

        models.announced("w0", List.of(card("m")), List.of());
        assertThat(models.find("m").getName()).isEqualTo("m");
        assertThat(kept).containsExactly(card("m"));
    }
}
