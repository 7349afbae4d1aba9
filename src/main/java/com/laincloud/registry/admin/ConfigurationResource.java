package com.laincloud.registry.admin;

import com.laincloud.registry.config.CurrentSettings;
import com.laincloud.registry.config.EffectiveSetting;
import com.laincloud.registry.http.LocalRequest;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import jakarta.json.Json;
import jakarta.json.JsonArrayBuilder;
import jakarta.json.JsonObjectBuilder;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;

/**
 * {@code GET /admin/config}: each setting in force, where it is from, and when a change of it takes effect. With tokens or
 * passwords, it answers callers that may administer the registry. Otherwise every caller may, and it answers only requests
 * from the registry's own machine.
 */
@Path("admin/config")
@Singleton
public class ConfigurationResource {

    private final CurrentSettings settings;

    @Inject
    public ConfigurationResource(CurrentSettings settings) {
        this.settings = settings;
    }

    @GET
    @Produces(MediaType.APPLICATION_JSON)
    public String get(@Context HttpServletRequest request) {
        LocalRequest.requireUnlessProven(settings.get().auth(), request);
        JsonArrayBuilder list = Json.createArrayBuilder();
        settings.effective().forEach(setting -> list.add(json(setting)));
        return Json.createObjectBuilder().add("settings", list).build() + "\n";
    }

    private static JsonObjectBuilder json(EffectiveSetting setting) {
        JsonObjectBuilder json = Json.createObjectBuilder()
                .add("key", setting.key())
                .add("value", setting.value())
                .add("source", setting.source())
                .add("effect", setting.effect());
        return setting.remark().isEmpty() ? json : json.add("remark", setting.remark());
    }
}
